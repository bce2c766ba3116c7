// Who covers this account in each layer, under which rules of engagement and with which credit?
import { Link } from 'wouter'
import { Section } from '@/kit/Page'
import { StatusBadge } from '@/kit/StatusBadge'
import { t } from '@/pure/words'
import type { AccountDetail, Assignment } from '../accounts/types'
import { FAMILIES, PLACEMENTS } from './layers'
import classes from './Layers.module.css'

export function AccountLayers({ account }: { readonly account: AccountDetail }) {
  if (account.assignments.length === 0) return null
  return (
    <Section title={t('Layers')}>
      <ul className={classes.layers}>
        {account.assignments.map((row) => (
          <li key={row.layer} className={classes.layer}>
            <span className={classes.head}>
              <strong>{row.layer}</strong> <StatusBadge tone={row.role === 'primary' ? 'accent' : 'plain'}>{t(row.role)}</StatusBadge>
              {row.credit !== null && <span className="soft small figures">{t('{n} % credit', { n: row.credit })}</span>}
            </span>
            <span>
              {row.territory ? (
                <Link href={`/territories/${encodeURIComponent(row.territory.code)}`}>{row.territory.name}</Link>
              ) : (
                <span className="soft">{t('no territory')}</span>
              )}
              {row.rep && <> · {row.rep.name}</>}
            </span>
            {row.engagement && <span>{row.engagement}</span>}
            <Placed row={row} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Why the address or the family may have decided, where the layer says so. */
function Placed({ row }: { readonly row: Assignment }) {
  const said = [
    row.placement === 'own' ? null : t('Decided by {whose}.', { whose: t(PLACEMENTS[row.placement]) }),
    row.families === 'apart' ? null : t('In this layer, {how}.', { how: t(FAMILIES[row.families]) }),
    row.cause === 'family' ? t('It follows its family.') : null,
  ].filter(Boolean)
  return said.length > 0 ? <span className="soft small">{said.join(' ')}</span> : null
}
