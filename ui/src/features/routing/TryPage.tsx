// Where would a record go? Typed fields, decided in every layer as one types; nothing is stored, everything stands in the address.
import { SegmentedControl, Skeleton } from '@mantine/core'
import { useState } from 'react'
import { useMay } from '@/api/session'
import { $api } from '@/api/client'
import { problemOf } from '@/api/problem'
import { ErrorState } from '@/kit/Notice'
import { Page, Section } from '@/kit/Page'
import { useView } from '@/kit/useView'
import { t } from '@/pure/words'
import { DecisionPanel } from '../accounts/DecisionPanel'
import type { AccountDetail } from '../accounts/types'
import { WhyNotAnswer } from '../accounts/WhyNotAnswer'
import { useFields } from '../territories/reading'
import type { Finding } from '../territories/types'
import { PlaceDialog } from './PlaceDialog'
import { useTry } from './reading'
import { readRecord } from './record'
import { RoutingHeader } from './RoutingHeader'
import classes from './Routing.module.css'
import { TryForm } from './TryForm'
import { TryQuestionBar } from './TryQuestionBar'

export default function TryPage() {
  const [view] = useView()
  const plan = view.get('plan') ?? 'active'
  const fields = useFields(plan)
  const accountId = Number(view.get('account')) || undefined
  const account = $api.useQuery(
    'get',
    '/api/v1/accounts/{account_id}',
    { params: { path: { account_id: accountId ?? 0 } } },
    { enabled: accountId !== undefined },
  )
  return (
    <Page>
      <RoutingHeader about={t('Type what an account would be like. The plan decides as you type; nothing is stored.')} />
      {fields.error ? (
        <ErrorState error={fields.error} onRetry={() => void fields.refetch()} />
      ) : account.error ? (
        <ErrorState error={account.error} />
      ) : fields.data && (!accountId || account.data) ? (
        <TryBody key={accountId ?? 0} fields={fields.data} account={account.data} plan={plan} />
      ) : (
        <Skeleton height={320} />
      )}
    </Page>
  )
}

type TryBodyProps = {
  readonly fields: NonNullable<ReturnType<typeof useFields>['data']>
  readonly account: AccountDetail | undefined
  readonly plan: string
}

function TryBody({ fields, account, plan }: TryBodyProps) {
  const [view, change] = useView()
  const mayPropose = useMay('propose')
  const [placing, setPlacing] = useState<{ readonly territory: string; readonly way: 'lock' | 'name' } | null>(null)
  const record = readRecord(view, new Set(fields.map((field) => field.name)))
  const whynot = view.get('whynot')
  const rep = view.get('rep')
  const isAsked = account !== undefined || Object.keys(record).length > 0
  const tried = useTry(
    {
      plan_id: plan === 'active' ? null : Number(plan),
      date: view.get('date'),
      account_id: account?.id ?? null,
      fields: record,
      territory: whynot,
      rep_id: rep ? Number(rep) : null,
    },
    isAsked,
  )
  const problem = tried.error ? problemOf(tried.error) : null
  const findings = (problem?.body.findings as readonly Finding[] | undefined) ?? []
  const faults = Object.fromEntries(findings.map((finding) => [finding.where, finding.sentence]))
  const layers = tried.data?.layers ?? []
  const why = layers.find((one) => one.layer === view.get('layer')) ?? layers[0]
  const answers = layers.flatMap((one) => one.why_nots)
  return (
    <div className={classes.try}>
      <div className={classes.stack}>
        <TryQuestionBar plan={plan} account={account} />
        <TryForm key={view.get('account') ?? ''} fields={fields} record={record} account={account} faults={faults} />
      </div>
      <div className={classes.stack}>
        {problem && findings.length === 0 && <ErrorState error={tried.error} onRetry={() => void tried.refetch()} />}
        {!isAsked && <p className="soft">{t('Fill in a field, or choose an account to start from.')}</p>}
        {layers.length > 1 && why && (
          <SegmentedControl
            aria-label={t('Layer')}
            data={layers.map((one) => ({ value: one.layer, label: `${one.layer}: ${one.winner?.name ?? t('nobody')}` }))}
            value={why.layer}
            onChange={(next) => change({ layer: next === layers[0]!.layer ? null : next })}
          />
        )}
        {isAsked && !problem && (why ? <DecisionPanel why={why} /> : <Skeleton height={200} />)}
        {isAsked && !problem && answers.length > 0 && (
          <Section title={t('Why not somewhere else?')}>
            {answers.map((answer) => (
              <div key={answer.territory}>
                <h3>{answer.name}</h3>
                <WhyNotAnswer
                  answer={answer}
                  account={account?.id}
                  fields={record}
                  plan={plan}
                  onPlace={account && mayPropose && plan === 'active' ? (territory, way) => setPlacing({ territory, way }) : undefined}
                />
              </div>
            ))}
          </Section>
        )}
      </div>
      {placing && account && <PlaceDialog accounts={[account]} {...placing} onClose={() => setPlacing(null)} />}
    </div>
  )
}
