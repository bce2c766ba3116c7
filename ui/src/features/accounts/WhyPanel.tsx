// Why does this account belong where it belongs? The winner condition by condition, every claim that lost, and the near misses.
import { Button, SegmentedControl, Skeleton, TextInput } from '@mantine/core'
import { Link } from 'wouter'
import { useSession } from '@/api/session'
import { ErrorState } from '@/kit/Notice'
import { Section } from '@/kit/Page'
import { StatusBadge } from '@/kit/StatusBadge'
import { useView } from '@/kit/useView'
import { t } from '@/pure/words'
import { TerritorySelect } from '../territories/TerritorySelect'
import classes from './Accounts.module.css'
import { ConditionList } from './ConditionList'
import { useWhy } from './reading'
import type { AccountDetail, LostClaim, Why } from './types'

export function WhyPanel({ account }: { readonly account: AccountDetail }) {
  const { today } = useSession()
  const [view, change] = useView()
  const layers = account.assignments.map((assignment) => assignment.layer)
  const layer = layers.find((one) => one === view.get('layer')) ?? layers[0]
  const date = view.get('date') ?? ''
  const asked = view.get('whynot')
  const why = useWhy(account.id, { layer, date: date || undefined })
  return (
    <div className={classes.stack}>
      <div className={classes.controls}>
        {layers.length > 1 && (
          <SegmentedControl
            aria-label={t('Layer')}
            data={layers}
            value={layer}
            onChange={(next) => change({ layer: next === layers[0] ? null : next, whynot: null })}
          />
        )}
        <TextInput
          type="date"
          label={t('On')}
          value={date || today}
          onChange={(event) => change({ date: event.currentTarget.value === today ? null : event.currentTarget.value })}
        />
        {date && (
          <Button variant="subtle" color="gray" onClick={() => change({ date: null })}>
            {t('Back to today')}
          </Button>
        )}
      </div>
      {why.error ? (
        <ErrorState error={why.error} onRetry={() => void why.refetch()} />
      ) : why.data ? (
        <Decision why={why.data} />
      ) : (
        <Skeleton height={240} />
      )}
      <Section title={t('Why not another territory?')}>
        <TerritorySelect
          label={t('Territory')}
          value={asked}
          layer={layer}
          isClearable
          onValue={(code) => change({ whynot: code })}
        />
        {asked && <WhyNotAnswer id={account.id} territory={asked} date={date} />}
      </Section>
    </div>
  )
}

function Decision({ why }: { readonly why: Why }) {
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
        <Section title={t('Near misses')}>
          <ul className={classes.claims}>
            {why.near_misses.map((miss) => (
              <li key={miss.territory} className={classes.claim}>
                <Link href={`/territories/${encodeURIComponent(miss.territory)}`}>{miss.name}</Link>
                <span />
                <p className={classes.lost}>
                  {t('would claim it if {condition}', { condition: miss.failing.sentence })}
                  {miss.failing.value && ` ${t('(here: {value})', { value: miss.failing.value })}`}
                </p>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
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

type WhyNotAnswerProps = { readonly id: number; readonly territory: string; readonly date: string }

function WhyNotAnswer({ id, territory, date }: WhyNotAnswerProps) {
  const why = useWhy(id, { territory, date: date || undefined })
  if (why.error) return <ErrorState error={why.error} onRetry={() => void why.refetch()} />
  const answer = why.data?.why_not
  if (!answer || answer.territory !== territory) {
    if (!why.data || why.isPlaceholderData) return <Skeleton height={60} />
    return <p role="status">{why.data.sentence}</p>
  }
  return (
    <div role="status">
      <p>{answer.sentence}</p>
      <ConditionList conditions={answer.conditions} />
    </div>
  )
}
