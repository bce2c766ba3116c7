// Where does one import stand: its columns to confirm, its findings to read, or its result?
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { $api, api } from '@/api/client'
import { useJob, type Job } from '@/api/jobs'
import { queryClient } from '@/api/queries'
import { ConfirmDialog } from '@/kit/ConfirmDialog'
import { EmptyState, ErrorState, Waiting } from '@/kit/Notice'
import { ProgressPanel } from '@/kit/ProgressPanel'
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'
import { countByPolicy, listFollows } from './effect'
import { EffectPanel } from './EffectPanel'
import { FindingsPanel } from './FindingsPanel'
import classes from './Imports.module.css'
import { MappingPanel } from './MappingPanel'
import { AppliedPanel, CountsPanel } from './ResultPanel'
import type { ImportRun } from './types'
import { useImportEffect } from './useImportEffect'

export type RunPanelProps = {
  readonly id: number
  readonly jobId: number | null
  readonly onJob: (jobId: number | null) => void
  readonly onClose: () => void
}

export function RunPanel({ id, jobId, onJob, onClose }: RunPanelProps) {
  const query = $api.useQuery('get', '/api/v1/imports/{import_id}', { params: { path: { import_id: id } } })
  // The address names the job just started; without it, one that somebody else started is shown as well.
  const shownJob = jobId ?? query.data?.job_id ?? null
  const job = useJob(shownJob)
  const [isMapping, setMapping] = useState(false)
  const onEnd = useCallback(
    (job: Job) => {
      setMapping(false)
      // What it led to stands on the page; only what went wrong still needs its panel.
      if (job.status === 'done') onJob(null)
      void queryClient.invalidateQueries()
    },
    [onJob],
  )
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <Waiting />
  const run = query.data
  const isConfirming = run.status === 'uploaded' || (isMapping && run.status === 'checked')
  return (
    <>
      <Steps current={isConfirming ? 1 : run.status === 'checked' ? 2 : 3} />
      {shownJob !== null && <ProgressPanel jobId={shownJob} title={t(TITLES[job.data?.kind ?? ''] ?? (isConfirming ? 'Checking the files' : 'Importing'))} onEnd={onEnd} />}
      {isConfirming && <MappingPanel run={run} onChecking={onJob} />}
      {run.status === 'checked' && !isConfirming && <CheckedRun run={run} onJob={onJob} onRemap={() => setMapping(true)} />}
      {run.status === 'applied' && <AppliedRun run={run} onClose={onClose} />}
      {(run.status === 'cancelled' || run.status === 'failed') && (
        <EmptyState
          title={run.status === 'failed' ? t('This import failed') : t('This import was dropped')}
          next={t('Nothing was changed.')}
          action={<Button onClick={onClose}>{t('Start another import')}</Button>}
        />
      )}
    </>
  )
}

const TITLES: Readonly<Record<string, string>> = { 'imports.check': 'Checking the files', 'imports.foretell': 'Working out what it moves', 'imports.apply': 'Importing' }
const STEPS = ['Choose files', 'Confirm columns', 'Read the findings', 'Done']

function Steps({ current }: { readonly current: number }) {
  return (
    <ol className={classes.steps} aria-label={t('Steps')}>
      {STEPS.map((step, index) => (
        <li key={step} aria-current={index === current ? 'step' : undefined}>
          {index + 1}. {t(step)}
        </li>
      ))}
    </ol>
  )
}

type CheckedRunProps = { readonly run: ImportRun; readonly onJob: (jobId: number | null) => void; readonly onRemap: () => void }

function CheckedRun({ run, onJob, onRemap }: CheckedRunProps) {
  const [asked, setAsked] = useState<'apply' | 'drop' | null>(null)
  const faulty = Number(run.finding_counts.faulty_rows ?? 0)
  const errors = Number(run.finding_counts.error ?? 0)
  const params = { path: { import_id: run.id } }
  const apply = useMutation({
    mutationFn: async () => (await api.POST('/api/v1/imports/{import_id}/apply', { params, body: { leave_out_faulty: faulty > 0, seen_effect: effect?.at ?? null } })).data,
    onSuccess: (started) => {
      setAsked(null)
      if (started) onJob(started.job_id)
    },
  })
  const drop = useMutation({
    mutationFn: () => api.DELETE('/api/v1/imports/{import_id}', { params }),
    onSuccess: () => void queryClient.invalidateQueries(),
  })
  const { data: effect, isPending: isWeighing } = useImportEffect(run.id)
  const isBlocked = errors > 0 && faulty === 0
  return (
    <>
      <div className={classes.buttons}>
        <Button disabled={isBlocked || isWeighing} onClick={() => setAsked('apply')}>
          {faulty > 0 ? t('Leave out {n, plural, one {# faulty row} other {# faulty rows}} and import the rest…', { n: faulty }) : t('Import…')}
        </Button>
        <Button variant="default" onClick={onRemap}>
          {t('Change the columns')}
        </Button>
        <Button variant="default" onClick={() => setAsked('drop')}>
          {t('Drop this import…')}
        </Button>
        {isBlocked && <span className="soft">{t('Mend the faults below first, then upload the files again.')}</span>}
      </div>
      <CountsPanel run={run} />
      <EffectPanel id={run.id} onJob={onJob} />
      <FindingsPanel run={run} />
      <ConfirmDialog
        opened={asked === 'apply'}
        onClose={() => setAsked(null)}
        title={t('Import into the live records')}
        effects={[
          { label: t('Rows left out as faulty'), value: formatCount(faulty) },
          { label: t('Values repaired'), value: formatCount(Number(run.finding_counts.notice ?? 0)) },
          ...listFollows(effect),
        ]}
        after={
          countByPolicy(effect?.layers ?? [], 'at_once') > 0
            ? t('All of it becomes visible at once, or nothing does. What moves at once stands under Realignments and can be undone.')
            : t('All of it becomes visible at once, or nothing does. Owners of known accounts do not change.')
        }
        verb={t('Import')}
        isBusy={apply.isPending}
        error={apply.error}
        onConfirm={() => apply.mutate()}
      />
      <ConfirmDialog
        opened={asked === 'drop'}
        onClose={() => setAsked(null)}
        title={t('Drop this import')}
        effects={[{ label: t('Records changed'), value: '0' }]}
        after={t('The uploaded files are removed from the server.')}
        verb={t('Drop')}
        tone="stop"
        isBusy={drop.isPending}
        error={drop.error}
        onConfirm={() => drop.mutate()}
      />
    </>
  )
}

function AppliedRun({ run, onClose }: { readonly run: ImportRun; readonly onClose: () => void }) {
  return (
    <>
      <AppliedPanel run={run} />
      <CountsPanel run={run} />
      <FindingsPanel run={run} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          {t('Import something else')}
        </Button>
      </div>
    </>
  )
}
