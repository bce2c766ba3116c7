// What shall be designed? A form with sensible answers filled in, and the diagnosis beside it.
import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { $api, api, useIdempotencyKey } from '@/api/client'
import { problemOf } from '@/api/problem'
import { queryClient } from '@/api/queries'
import { ErrorState, Waiting } from '@/kit/Notice'
import { Page, PageHeader, Section } from '@/kit/Page'
import { useView } from '@/kit/useView'
import { t } from '@/pure/words'
import classes from './Design.module.css'
import { DiagnosisPanel, useDiagnosis } from './DiagnosisPanel'
import { GroundFields } from './GroundFields'
import { CapacityFields, LimitFields, SweepFields } from './LimitFields'
import { MeasureFields } from './MeasureFields'
import { readNumbers, readQuestion, startQuestion, writeQuestion, type Question } from './question'

export default function NewDesignPage() {
  const [view] = useView()
  const from = Number(view.get('from')) || null
  const former = $api.useQuery('get', '/api/v1/designs/{run_id}', { params: { path: { run_id: from ?? 0 } } }, { enabled: from !== null })
  const start = useMemo(() => {
    if (former.data) return readQuestion(former.data.name, former.data.settings)
    return { ...startQuestion(), within: view.get('within') }
  }, [former.data, view])
  return (
    <Page>
      <PageHeader
        title={t('Design territories')}
        trail={[{ label: t('Design'), href: '/plan/design' }]}
        about={t('Nothing live changes: a design is looked at, accepted as a draft, and realigned like any other.')}
      />
      {former.error && <ErrorState error={former.error} onRetry={() => void former.refetch()} />}
      {from !== null && former.isLoading ? <Waiting /> : <DesignForm key={former.data?.id} start={start} />}
    </Page>
  )
}

function DesignForm({ start }: { readonly start: Question }) {
  const [question, setQuestion] = useState(start)
  const [, navigate] = useLocation()
  const { header, renew } = useIdempotencyKey()
  const form = writeQuestion(question)
  const diagnosis = useDiagnosis(form)
  const change = (patch: Partial<Question>) => setQuestion((old) => ({ ...old, ...patch }))
  const run = useMutation({
    mutationFn: async () => (await api.POST('/api/v1/designs', { params: { header }, body: form })).data!,
    onSuccess: (started) => {
      renew()
      void queryClient.invalidateQueries({ queryKey: ['get', '/api/v1/designs'] })
      navigate(`/plan/design/${started.id}`)
    },
  })
  const problem = run.error ? problemOf(run.error) : null
  const isReadable = readNumbers(question.tolerances) !== null && readNumbers(question.disruptions) !== null
  return (
    <div className={classes.columns}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          run.mutate()
        }}
      >
        <GroundFields question={question} onChange={change} />
        <Section title={t('What must be even')}>
          <MeasureFields rows={question.measures} onRows={(measures) => change({ measures })} />
        </Section>
        <LimitFields question={question} onChange={change} />
        {diagnosis.data && <CapacityFields question={question} onChange={change} places={diagnosis.data.places} />}
        <SweepFields question={question} onChange={change} />
        <Section title={t('Run')}>
          <div className={classes.stack}>
            <TextInput
              label={t('Name')}
              placeholder={t('West rebalanced')}
              maxLength={200}
              value={question.name}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
            {problem && (
              <p role="alert" className={classes.problem}>
                {problem.title}. {problem.detail}
              </p>
            )}
            <div className={classes.buttons}>
              <Button type="submit" loading={run.isPending} disabled={!isReadable}>
                {diagnosis.data
                  ? t('Design {n, plural, one {# account} other {# accounts}}', { n: diagnosis.data.accounts })
                  : t('Design')}
              </Button>
              {isReadable ? (
                <span className="soft">{t('Runs in the background; you may leave the page.')}</span>
              ) : (
                <span className={classes.problem}>{t('First mend the list of numbers marked above.')}</span>
              )}
            </div>
          </div>
        </Section>
      </form>
      <div className={classes.aside}>
        <DiagnosisPanel
          query={diagnosis}
          budgetPercent={question.budgetPercent}
          onBudget={(budgetPercent) => change({ budgetPercent })}
        />
      </div>
    </div>
  )
}
