// Whose accounts would change hands? Per person: accounts, open deals, pipeline, and the quota they stand against.
import { Link } from 'wouter'
import { useSession } from '@/api/session'
import { formatCount, formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import { accountsHref } from '../../accounts/filters'
import type { PreviewOwner } from '../types'
import classes from './Rules.module.css'

const SHOWN = 8

export function OwnerFlows({ owners }: { readonly owners: readonly PreviewOwner[] }) {
  const { currency } = useSession().organisation
  if (owners.length === 0) return null
  const title = t('For {n, plural, one {# owner} other {# owners}}', { n: owners.length })
  const money = (amount: number) => formatMoney(amount, currency, 'short')
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul className={classes.flows}>
        {owners.slice(0, SHOWN).map((owner) => (
          <li key={owner.rep_id} className={classes.owner}>
            <Link href={accountsHref({ owner: String(owner.rep_id) })}>{owner.name}</Link>
            <span>
              {[
                owner.accounts_in > 0 && t('gets {n}', { n: formatCount(owner.accounts_in) }),
                owner.accounts_out > 0 && t('gives {n}', { n: formatCount(owner.accounts_out) }),
              ]
                .filter(Boolean)
                .join(', ')}
            </span>
            <span className={`soft small ${classes.ownerMore}`}>
              {t('{deals, plural, one {# open deal} other {# open deals}} and {money} pipeline change hands', {
                deals: owner.open_deals_in + owner.open_deals_out,
                money: money(owner.pipeline_minor_in + owner.pipeline_minor_out),
              })}
              {owner.quota_minor > 0 && ` · ${t('quota {money} stays', { money: money(owner.quota_minor) })}`}
            </span>
          </li>
        ))}
      </ul>
      {owners.length > SHOWN && (
        <p className="soft small">{t('and {n} more', { n: formatCount(owners.length - SHOWN) })}</p>
      )}
    </section>
  )
}
