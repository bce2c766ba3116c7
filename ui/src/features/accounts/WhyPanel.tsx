// Why does this account belong where it belongs, on any day and in any layer, and why not somewhere else?
import { Button, SegmentedControl, Select, Skeleton, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { useMay, useSession } from '@/api/session'
import { ErrorState } from '@/kit/Notice'
import { Section } from '@/kit/Page'
import { useView } from '@/kit/useView'
import { formatDate } from '@/pure/format'
import { t } from '@/pure/words'
import { PlaceDialog } from '../routing/PlaceDialog'
import { tryHref } from '../routing/record'
import { useReps } from '../territories/reading'
import { TerritorySelect } from '../territories/TerritorySelect'
import classes from './Accounts.module.css'
import { DecisionPanel } from './DecisionPanel'
import { useWhy, type WhyQuestion } from './reading'
import type { AccountDetail, Why } from './types'
import { WhyNotAnswer } from './WhyNotAnswer'

export function WhyPanel({ account }: { readonly account: AccountDetail }) {
  const { today } = useSession()
  const [view, change] = useView()
  const layers = account.assignments.map((assignment) => assignment.layer)
  const layer = layers.find((one) => one === view.get('layer')) ?? layers[0]
  const date = view.get('date') ?? ''
  const why = useWhy(account.id, { layer, date: date || undefined })
  return (
    <div className={classes.stack}>
      <div className={classes.controls}>
        {layers.length > 1 && (
          <SegmentedControl
            aria-label={t('Layer')}
            data={layers}
            value={layer}
            onChange={(next) => change({ layer: next === layers[0] ? null : next, whynot: null, rep: null })}
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
        {!account.ended_at && (
          <Button component={Link} href={tryHref({ account: account.id })} variant="default">
            {t('Try changes')}
          </Button>
        )}
      </div>
      {why.error ? (
        <ErrorState error={why.error} onRetry={() => void why.refetch()} />
      ) : why.data ? (
        <>
          <BasisNote why={why.data} />
          <DecisionPanel why={why.data} />
        </>
      ) : (
        <Skeleton height={240} />
      )}
      <WhyNotSection account={account} layer={layer} date={date} />
    </div>
  )
}

/** On a past day: which plan decided, what is on record, and how far the answer can be trusted. */
function BasisNote({ why }: { readonly why: Why }) {
  const { organisation } = useSession()
  const basis = why.basis
  if (!basis?.is_past) return null
  const recorded = basis.recorded
  return (
    <div className={classes.notice} role="note">
      <p>
        {t('On that day the plan “{name}” was live.', { name: basis.plan.name })}{' '}
        {recorded
          ? t('On record: {territory}, owned by {rep}, since {date}.', {
              territory: recorded.territory?.name ?? t('no territory'),
              rep: recorded.rep?.name ?? t('nobody'),
              date: formatDate(recorded.since, organisation.time_zone),
            })
          : t('No owner was on record yet.')}{' '}
        {basis.notes.join(' ')}
      </p>
    </div>
  )
}

type WhyNotSectionProps = { readonly account: AccountDetail; readonly layer: string | undefined; readonly date: string }

function WhyNotSection({ account, layer, date }: WhyNotSectionProps) {
  const [view, change] = useView()
  const reps = useReps().data
  const people = useMemo(() => reps?.map((rep) => ({ value: String(rep.id), label: rep.name })) ?? [], [reps])
  const asked = view.get('whynot')
  const rep = view.get('rep')
  return (
    <Section title={t('Why not somewhere else?')}>
      <div className={classes.formGrid}>
        <TerritorySelect
          label={t('Territory')}
          value={asked}
          layer={layer}
          isClearable
          onValue={(code) => change({ whynot: code, rep: null })}
        />
        <Select
          label={t('Or a rep')}
          placeholder={t('Type a name')}
          data={people}
          value={rep}
          searchable
          limit={60}
          clearable
          clearButtonProps={{ 'aria-label': t('Clear {label}', { label: t('Or a rep') }) }}
          onChange={(id) => change({ rep: id, whynot: null })}
        />
      </div>
      {(asked || rep) && (
        <WhyNotAnswers
          account={account}
          question={{ layer, date: date || undefined, territory: asked ?? undefined, rep: rep ? Number(rep) : undefined }}
        />
      )}
    </Section>
  )
}

function WhyNotAnswers({ account, question }: { readonly account: AccountDetail; readonly question: WhyQuestion }) {
  const why = useWhy(account.id, question)
  const mayPropose = useMay('propose')
  const [placing, setPlacing] = useState<{ readonly territory: string; readonly way: 'lock' | 'name' } | null>(null)
  if (why.error) return <ErrorState error={why.error} />
  if (!why.data || why.isPlaceholderData) return <Skeleton height={60} />
  // The past cannot be changed, and a plan of the past is not edited any more.
  const isNow = !question.date
  return (
    <div className={classes.stack}>
      {why.data.why_nots.map((answer) => (
        <div key={answer.territory}>
          <h3>{answer.name}</h3>
          <WhyNotAnswer
            answer={answer}
            account={account.id}
            onPlace={mayPropose && isNow ? (territory, way) => setPlacing({ territory, way }) : undefined}
          />
        </div>
      ))}
      {placing && <PlaceDialog accounts={[account]} {...placing} onClose={() => setPlacing(null)} />}
    </div>
  )
}
