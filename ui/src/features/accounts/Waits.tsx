// Which moves of this account are due, and what do they wait for?
import { Link } from 'wouter'
import { formatDate } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './Accounts.module.css'
import type { AccountDetail } from './types'

type Wait = AccountDetail['waits'][number]

export function Waits({ account }: { readonly account: AccountDetail }) {
  if (account.waits.length === 0) return null
  return (
    <div className={classes.notice} role="note">
      <ul className={classes.list}>
        {account.waits.map((wait) => (
          <li key={wait.layer}>
            <strong>
              {wait.to_territory
                ? t('In {layer} it belongs to {name} by its data.', { layer: wait.layer, name: wait.to_territory.name })
                : t('In {layer} no territory claims it any more.', { layer: wait.layer })}
            </strong>{' '}
            <Stand wait={wait} /> <span className="soft small">{wait.reason} {formatDate(wait.since)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Stand({ wait }: { readonly wait: Wait }) {
  if (wait.realignment_id !== null) {
    return <Link href={`/realignments/${wait.realignment_id}`}>{t('Realignment {id} is to move it.', { id: wait.realignment_id })}</Link>
  }
  if (wait.policy === 'next_cycle') return <>{t('It waits for the next cycle: the next proposal takes it along.')}</>
  return <>{t('No open proposal moves it.')} <Link href="/realignments/waiting">{t('Propose what waits…')}</Link></>
}
