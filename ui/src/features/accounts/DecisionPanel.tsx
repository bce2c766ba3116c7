// What was decided, and why? The winner condition by condition, every claim that lost, and what came near.
import { Link } from 'wouter'
import { Section } from '@/kit/Page'
import { StatusBadge } from '@/kit/StatusBadge'
import { t } from '@/pure/words'
import classes from './Accounts.module.css'
import { ConditionList } from './ConditionList'
import type { LostClaim, NearMiss, Why } from './types'

export function DecisionPanel({ why }: { readonly why: Why }) {
  const { winner } = why
  return (
    <>
      <div className={classes.winner} data-none={winner ? undefined : true} role="status">
        <div className={classes.rowBetween}>
          <h2>
            {winner ? (
              <Link href={`/territories/${encodeURIComponent(winner.territory)}`}>{winner.name}</Link>
            ) : (
              t('No territory claims it')
            )}
          </h2>
          <span className={classes.choices}>
            {winner && <Standing claim={winner} />}
            {why.tie && <StatusBadge tone="accent">{t('tie')}</StatusBadge>}
          </span>
        </div>
        <p>{winner?.sentence || why.sentence}</p>
        {winner && winner.sentence !== why.sentence && <p className="soft">{why.sentence}</p>}
        {winner && winner.conditions.length > 0 && <ConditionList conditions={winner.conditions} />}
      </div>
      <Section title={t('{n, plural, =0 {No other claim} one {# other claim} other {# other claims}}', { n: why.others.length })}>
        {why.others.length === 0 ? (
          <p className="soft">{t('No other territory of this layer asks for this account.')}</p>
        ) : (
          <ul className={classes.claims}>
            {why.others.map((claim) => (
              <li key={claim.territory} className={classes.claim}>
                <Link href={`/territories/${encodeURIComponent(claim.territory)}`}>{claim.name}</Link>
                <Standing claim={claim} />
                <p className={classes.lost}>{claim.lost_because}</p>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {why.near_misses.length > 0 && (
        <Section title={why.winner ? t('Near misses') : t('What came nearest')}>
          <ul className={classes.claims}>
            {why.near_misses.map((miss) => (
              <NearMissRow key={miss.territory} miss={miss} />
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

function NearMissRow({ miss }: { readonly miss: NearMiss }) {
  return (
    <li className={classes.claim}>
      <Link href={`/territories/${encodeURIComponent(miss.territory)}`}>{miss.name}</Link>
      <span className="soft small">
        {miss.kind === 'excluded'
          ? t('excludes it')
          : miss.kind === 'unassignable'
            ? t('holds no accounts')
            : t('{n, plural, one {# condition fails} other {# conditions fail}}', { n: miss.failed })}
      </span>
      <div className={classes.lost}>
        {miss.conditions.length > 0 ? <ConditionList conditions={miss.conditions} /> : <p>{miss.reason}</p>}
      </div>
    </li>
  )
}

type Claim = Pick<LostClaim, 'cause'> & {
  readonly claim_class: string | null
  readonly priority: number | null
  readonly specificity: number | null
}

/** What the claim competes with: its class, priority and specificity, in that order. */
function Standing({ claim }: { readonly claim: Claim }) {
  const parts = [
    claim.claim_class || t(claim.cause),
    claim.priority === null ? null : t('priority {n}', { n: claim.priority }),
    claim.specificity === null ? null : t('specificity {n}', { n: claim.specificity }),
  ]
  return <span className="soft small figures">{parts.filter(Boolean).join(' · ')}</span>
}
