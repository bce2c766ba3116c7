// How is one territory told in one line? Colour, name, owner, its roll-ups, and how far it is from its siblings.
import { IconChevronRight } from '@tabler/icons-react'
import { memo } from 'react'
import { Link } from 'wouter'
import { DeviationBar } from '@/kit/Figure'
import { StatusBadge, Swatch } from '@/kit/StatusBadge'
import { formatCount, formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import { accountsHref } from '../accounts/filters'
import { hueOf } from '@/pure/palette'
import { formatSignedShare } from './signed'
import classes from './Territories.module.css'
import type { Measure, TreeRow } from './tree'

type TerritoryTreeRowProps = {
  readonly id: string
  readonly row: TreeRow
  readonly index: number
  readonly top: number
  readonly isActive: boolean
  readonly measure: Measure
  readonly currency: string
  readonly href: string
  readonly onToggle: (row: TreeRow) => void
  readonly onActive: (code: string) => void
}

function DrawTerritoryTreeRow(props: TerritoryTreeRowProps) {
  const { row, currency } = props
  const { territory, deviation } = row
  const { totals } = territory
  const behind = accountsHref({ territory: territory.code })
  const money = (minor: number) =>
    minor === 0 ? <span className="soft">–</span> : formatMoney(minor, currency, 'short')
  return (
    <div
      role="row"
      id={props.id}
      aria-rowindex={props.index + 2}
      aria-level={row.level}
      aria-posinset={row.place}
      aria-setsize={row.siblings}
      aria-expanded={row.hasChildren ? row.isExpanded : undefined}
      data-active={props.isActive || undefined}
      className={`${classes.treeRow} ${classes.treeBodyRow}`}
      style={{ transform: `translateY(${props.top}px)` }}
      onClick={() => props.onActive(territory.code)}
    >
      <div role="gridcell" className={classes.nameCell} style={{ paddingLeft: 8 + (row.level - 1) * 20 }}>
        {row.hasChildren ? (
          <button
            type="button"
            tabIndex={-1}
            className={classes.chevron}
            data-open={row.isExpanded || undefined}
            aria-label={t(row.isExpanded ? 'Close {name}' : 'Open {name}', { name: territory.name })}
            onClick={() => props.onToggle(row)}
          >
            <IconChevronRight size={16} aria-hidden="true" />
          </button>
        ) : (
          <span className={classes.chevronSpace} />
        )}
        <Swatch colour={hueOf(territory.colour_index)} />
        <Link href={props.href} tabIndex={-1} className={classes.name}>
          {territory.name}
        </Link>
        {territory.name !== territory.code && <span className={`${classes.code} small soft`}>{territory.code}</span>}
      </div>
      <div role="gridcell" className={classes.owner}>
        {territory.primary && <span>{territory.primary.name}</span>}
        {territory.is_vacant && <StatusBadge tone="warn">{t('vacant')}</StatusBadge>}
        {!territory.is_vacant && territory.primary?.is_interim && <StatusBadge>{t('interim')}</StatusBadge>}
        {!territory.primary && !territory.is_vacant && <span className="soft">–</span>}
      </div>
      <div role="gridcell" className={classes.end}>
        <Link href={behind} tabIndex={-1}>{formatCount(totals.accounts)}</Link>
      </div>
      <div role="gridcell" className={classes.end}>
        <Link href={`${behind}&sort=-revenue`} tabIndex={-1}>{money(totals.revenue_minor)}</Link>
      </div>
      <div role="gridcell" className={classes.end}>
        <Link href={behind} tabIndex={-1}>{money(totals.pipeline_minor)}</Link>
      </div>
      <div role="gridcell" className={classes.end}>
        <Link href={`${props.href}${props.href.includes('?') ? '&' : '?'}tab=quotas`} tabIndex={-1}>{money(totals.quota_minor)}</Link>
      </div>
      <div role="gridcell" className={classes.deviationCell}>
        {deviation === null ? (
          <span className="soft">–</span>
        ) : (
          <>
            <DeviationBar
              deviation={deviation}
              label={t('{share} against the average of its siblings', { share: formatSignedShare(deviation) })}
            />
            <span className={`${classes.deviationText} figures small`} aria-hidden="true">
              {formatSignedShare(deviation)}
            </span>
          </>
        )}
      </div>
    </div>
  )
}

export const TerritoryTreeRow = memo(DrawTerritoryTreeRow)
