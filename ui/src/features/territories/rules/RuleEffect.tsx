// What would this rule do? How many accounts it matches and wins, whom it takes them from and to whom it loses.
import { Skeleton } from '@mantine/core'
import { Link } from 'wouter'
import { problemOf } from '@/api/problem'
import { useSession } from '@/api/session'
import { Figure, Figures } from '@/kit/Figure'
import { formatCount, formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import { accountsHref } from '../../accounts/filters'
import type { PreviewShare, RulePreview } from '../types'
import { OwnerFlows } from './OwnerFlows'
import classes from './Rules.module.css'

type RuleEffectProps = {
  readonly preview: RulePreview | undefined
  readonly error: unknown
  readonly isStale: boolean
  /** The edit is not saved: what it takes and loses is the news. */
  readonly isChanged: boolean
  readonly territory: string
}

export function RuleEffect({ preview, error, isStale, isChanged, territory }: RuleEffectProps) {
  if (error) {
    const { title, detail } = problemOf(error)
    return <p className="soft" role="status">{title}. {detail}</p>
  }
  if (!preview) return <Skeleton height={120} />
  const taken = sumOf(preview.takes)
  const lost = sumOf(preview.loses)
  return (
    <div className={`${classes.effect} ${isStale ? classes.stale : ''}`} aria-busy={isStale}>
      <p className="visually-hidden" role="status">
        {t('Matches {n, plural, one {# account} other {# accounts}}, wins {wins}, takes {taken}, loses {lost}.', {
          n: preview.matches,
          wins: preview.wins,
          taken,
          lost,
        })}
      </p>
      {isStale && <p className="soft small">{t('Of the rule before the last change')}</p>}
      <Figures>
        <Figure label={t('Matches')} value={formatCount(preview.matches)} beside={t('accounts')} />
        <Figure
          label={t('Wins')}
          value={formatCount(preview.wins)}
          beside={preview.wins > preview.matches ? t('lists and locks included') : t('of {n}', { n: preview.matches })}
          share={preview.matches > 0 && preview.wins <= preview.matches ? preview.wins / preview.matches : undefined}
          href={isChanged ? undefined : accountsHref({ territory, own: '1' })}
        />
      </Figures>
      {isChanged && (
        <>
          <Flows title={t('Takes {n, plural, one {# account} other {# accounts}} from', { n: taken })} shares={preview.takes} />
          <Flows title={t('Loses {n, plural, one {# account} other {# accounts}} to', { n: lost })} shares={preview.loses} />
          <OwnerFlows owners={preview.owners} />
          {taken + lost === 0 && <p className="soft">{t('No account changes its territory.')}</p>}
        </>
      )}
      {preview.sample.length > 0 && (
        <section aria-label={t('For instance')}>
          <h3>{t('For instance')}</h3>
          <ul className={classes.flows}>
            {preview.sample.slice(0, 6).map((account) => (
              <li key={account.id} className={classes.flow}>
                <Link href={`/accounts/${account.id}`}>{account.name}</Link>
                <span className="soft small">{[account.city, account.state].filter(Boolean).join(', ')}</span>
                <span />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

function sumOf(shares: readonly PreviewShare[]): number {
  return shares.reduce((sum, share) => sum + share.accounts, 0)
}

function Flows({ title, shares }: { readonly title: string; readonly shares: readonly PreviewShare[] }) {
  const { currency } = useSession().organisation
  if (shares.length === 0) return null
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <ul className={classes.flows}>
        {shares.map((share) => (
          <li key={share.territory ?? ''} className={classes.flow}>
            {share.territory ? (
              <Link href={`/territories/${encodeURIComponent(share.territory)}`}>{share.name}</Link>
            ) : (
              <Link href={accountsHref({ list: 'unassigned' })}>{t('the unassigned accounts')}</Link>
            )}
            <span>{formatCount(share.accounts)}</span>
            <span className="soft small">
              {t('{money} pipeline', { money: formatMoney(share.pipeline_minor, currency, 'short') })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
