// What is under the pointer? A small card: the place or account, whose it is, how much is there.
import { useDebouncedValue } from '@mantine/hooks'
import { $api } from '@/api/client'
import { Swatch } from '@/kit/StatusBadge'
import { formatCount, formatShare } from '@/pure/format'
import { t } from '@/pure/words'
import type { Hover } from './MapCanvas'
import classes from './MapPage.module.css'
import type { MapData } from './useMapData'

const ROOM = 260

export function HoverCard({ hover, data }: { readonly hover: Hover; readonly data: MapData }) {
  const { target, x, y } = hover
  const flips = x > window.innerWidth - ROOM * 1.6
  return (
    <div
      className={classes.hover}
      aria-hidden="true"
      style={{ left: x, top: y, transform: `translate(${flips ? 'calc(-100% - 14px)' : '14px'}, 14px)` }}
    >
      {target.kind === 'cluster' && (
        <span>{t('{n, plural, one {# account} other {# accounts}} here; click to come nearer', { n: target.count })}</span>
      )}
      {target.kind === 'account' && <AccountLines id={target.id} />}
      {target.kind === 'unit' && <UnitLines target={target} data={data} />}
    </div>
  )
}

function AccountLines({ id }: { readonly id: number }) {
  const [settled] = useDebouncedValue(id, 80)
  const { data } = $api.useQuery('get', '/api/v1/accounts/{account_id}', { params: { path: { account_id: settled } } })
  if (!data || data.id !== id) return <span className="soft">{t('Loading…')}</span>
  return (
    <>
      <strong>{data.name}</strong>
      <span className="soft">{data.owner.name}</span>
    </>
  )
}

type UnitLinesProps = { readonly target: Extract<Hover['target'], { kind: 'unit' }>; readonly data: MapData }

function UnitLines({ target, data }: UnitLinesProps) {
  const name = data.atlas?.[target.level].names[target.place] ?? ''
  const unit = data.unitAt(target.level, target.place)
  const territory = data.territoryAt(target.level, target.place)
  const colour = data.legend.find((row) => row.territory.code === territory?.code)?.colour
  const part = unit && unit.accounts > 0 ? (unit.shares[0]?.accounts ?? unit.accounts) / unit.accounts : 1
  return (
    <>
      <strong>{name}</strong>
      {territory ? (
        <span className={classes.named}>
          {colour && <Swatch colour={colour} />}
          {territory.name}
          {part < 1 && ` · ${formatShare(part)}`}
        </span>
      ) : (
        <span className="soft">{t('No territory claims it')}</span>
      )}
      {territory && <span className="soft">{territory.primary?.name ?? t('Vacant')}</span>}
      {unit && <span className="soft figures">{t('{n, plural, one {# account} other {# accounts}}', { n: unit.accounts })}{unit.shares.length > 1 && ` · ${t('{n} territories', { n: formatCount(unit.shares.length) })}`}</span>}
    </>
  )
}
