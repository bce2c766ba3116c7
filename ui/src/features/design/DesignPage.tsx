// One design: how far it is, what it found, and the way from there into a draft.
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { Link, useLocation, useParams } from 'wouter'
import { $api, api } from '@/api/client'
import { queryClient } from '@/api/queries'
import { Figure, Figures } from '@/kit/Figure'
import { EmptyState, ErrorState, Waiting } from '@/kit/Notice'
import { Page, PageHeader, Section } from '@/kit/Page'
import { ProgressPanel } from '@/kit/ProgressPanel'
import { StatusBadge } from '@/kit/StatusBadge'
import { showProblem } from '@/kit/Toasts'
import { useView } from '@/kit/useView'
import { t } from '@/pure/words'
import { AcceptDialog } from './AcceptDialog'
import { colourPlaces } from './colours'
import classes from './Design.module.css'
import { DesignMap, type Side } from './DesignMap'
import { LoadTable } from './LoadTable'
import { MovesSection } from './MovesSection'
import { ParetoChart } from './ParetoChart'
import { nameMode, nameState, nameStatus, sayShare, toneOfState, toneOfStatus, type Design, type Scenario } from './types'

export default function DesignPage() {
  const id = Number(useParams<{ id: string }>().id)
  const query = $api.useQuery('get', '/api/v1/designs/{run_id}', { params: { path: { run_id: id } } }, { staleTime: 0 })
  if (query.error || !query.data) {
    return (
      <Page>
        {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : <Waiting />}
      </Page>
    )
  }
  return <LoadedDesign run={query.data} />
}

function LoadedDesign({ run }: { readonly run: Design }) {
  const [view, change] = useView()
  const [, navigate] = useLocation()
  const isLive = run.state === 'queued' || run.state === 'running'
  const chosen = Number(view.get('scenario')) || run.best?.number || 1
  const onEnd = useCallback(() => void queryClient.invalidateQueries(), [])
  const putAway = useMutation({
    mutationFn: () => api.DELETE('/api/v1/designs/{run_id}', { params: { path: { run_id: run.id } } }),
    onSuccess: async () => {
      navigate('/plan/design')
      await queryClient.invalidateQueries()
    },
    onError: showProblem,
  })
  return (
    <Page>
      <PageHeader
        title={run.name}
        trail={[{ label: t('Design'), href: '/plan/design' }]}
        badge={<StatusBadge tone={toneOfState(run.state)}>{nameState(run.state)}</StatusBadge>}
        about={
          <>
            {nameMode(run.mode)} · {t('{n, plural, one {# territory} other {# territories}}', { n: run.territories })}
            {run.accounts > 0 && <> · {t('{n, plural, one {# account} other {# accounts}}', { n: run.accounts })}</>}
          </>
        }
        actions={
          run.may_accept && (
            <>
              <Button variant="default" component={Link} href={`/plan/design/new?from=${run.id}`}>
                {t('Change and run again…')}
              </Button>
              {!isLive && (
                <Button variant="default" loading={putAway.isPending} onClick={() => putAway.mutate()}>
                  {t('Put away')}
                </Button>
              )}
            </>
          )
        }
      />
      {run.state !== 'done' && run.job && (
        <ProgressPanel jobId={run.job.id} title={t('Designing territories')} isShare onEnd={onEnd} />
      )}
      {run.state !== 'done' && !isLive && (
        <EmptyState title={t('This design has no result')} next={t('Nothing was changed. Change the question and run it again.')} />
      )}
      {run.scenarios.length > 1 && (
        <ParetoChart scenarios={run.scenarios} chosen={chosen} onChoose={(number) => change({ scenario: number })} />
      )}
      {run.scenarios.length > 0 && <ScenarioView key={chosen} run={run} number={chosen} />}
      {[...run.left_out, ...run.doubts].length > 0 && (
        <Section title={t('Left out and assumed')}>
          <ul className={classes.told}>
            {[...run.left_out, ...run.doubts].map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </Section>
      )}
    </Page>
  )
}

function ScenarioView({ run, number }: { readonly run: Design; readonly number: number }) {
  const query = $api.useQuery(
    'get',
    '/api/v1/designs/{run_id}/scenarios/{number}',
    { params: { path: { run_id: run.id, number } } },
    { staleTime: 60_000 },
  )
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return query.data ? <LoadedScenario run={run} scenario={query.data} /> : <Waiting />
}

function LoadedScenario({ run, scenario }: { readonly run: Design; readonly scenario: Scenario }) {
  const [view, change] = useView()
  const [isAccepting, setAccepting] = useState(false)
  const colours = useMemo(() => colourPlaces(scenario.territories), [scenario.territories])
  const hasResult = scenario.rms_km !== null
  const side: Side = view.get('side') === 'before' ? 'before' : 'after'
  return (
    <>
      <Section
        title={run.scenarios.length > 1 ? t('Scenario {n}', { n: scenario.number }) : t('Result')}
        aside={<StatusBadge tone={toneOfStatus(scenario.status)}>{nameStatus(scenario.status)}</StatusBadge>}
      >
        <ul className={classes.told}>
          {scenario.sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        {hasResult && <ScenarioFigures scenario={scenario} />}
        <div className={classes.buttons}>
          {hasResult && run.may_accept && <Button onClick={() => setAccepting(true)}>{t('Accept as a scenario…')}</Button>}
          {scenario.draft && (
            <Link href={`/territories?plan=${scenario.draft.id}`}>{t('Open the draft “{name}” made of it', { name: scenario.draft.name })}</Link>
          )}
        </div>
      </Section>
      {hasResult && (
        <DesignMap
          runId={run.id}
          number={scenario.number}
          colours={colours}
          side={side}
          onSide={(value) => change({ side: value === 'before' ? value : null })}
        />
      )}
      <LoadTable scenario={scenario} colours={colours} />
      {hasResult && <MovesSection runId={run.id} scenario={scenario} />}
      {isAccepting && <AcceptDialog run={run} scenario={scenario} onClose={() => setAccepting(false)} />}
    </>
  )
}

function ScenarioFigures({ scenario }: { readonly scenario: Scenario }) {
  return (
    <Figures>
      {scenario.measures.map((measure) => (
        <Figure
          key={measure.name}
          label={t('Furthest from its share: {measure}', { measure: measure.label })}
          value={sayShare(measure.max_deviation)}
          beside={
            measure.floor > 0
              ? t('±{tolerance} asked, {floor} unavoidable', { tolerance: sayShare(measure.tolerance), floor: sayShare(measure.floor) })
              : t('±{tolerance} asked', { tolerance: sayShare(measure.tolerance) })
          }
          tone={measure.met === false ? 'warn' : 'plain'}
        />
      ))}
      <Figure label={t('Typical distance to the centre')} value={`${scenario.rms_km!.toFixed(1)} km`} />
      <Figure
        label={t('From the best possible')}
        value={scenario.gap === null ? '–' : sayShare(scenario.gap)}
        beside={scenario.gap === null ? t('no bound is proven') : t('for these centres, proven')}
      />
      <Figure
        label={t('Activity that moves')}
        value={sayShare(scenario.moved_share)}
        beside={t('{n, plural, one {# account} other {# accounts}}', { n: scenario.moved_accounts ?? 0 })}
      />
    </Figures>
  )
}
