// How far is the long work, and can it be stopped? Reads the job from the server, so a reload finds it again.
import { Button, Progress } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { api } from '@/api/client'
import { isRunning, useJob, type Job } from '@/api/jobs'
import { formatCount, formatShare } from '@/pure/format'
import { t } from '@/pure/words'
import { ErrorState } from './Notice'
import classes from './ProgressPanel.module.css'

export type ProgressPanelProps = {
  /** Keep it in the URL (`?job=`). */
  readonly jobId: number
  /** What is being done: "Importing 5 files". */
  readonly title: string
  /** The job counts in parts of the whole, not in things: show a percentage. */
  readonly isShare?: boolean
  /** Called once when the job ends, whichever way. */
  readonly onEnd?: (job: Job) => void
}

function describeJob(job: Job | undefined): string {
  if (!job || job.status === 'queued') return t('Waiting for a free worker')
  if (job.status === 'done') return t('Done')
  if (job.status === 'cancelled') return t('Cancelled. Nothing was changed.')
  if (job.status === 'failed') return typeof job.error.sentence === 'string' ? job.error.sentence : t('The work failed. Nothing was changed.')
  return job.message || t('Working')
}

function describeCount(job: Job | undefined): string {
  if (!job) return ''
  if (job.total) return t('{done} of {total}', { done: formatCount(job.done), total: formatCount(job.total) })
  return job.done > 0 ? formatCount(job.done) : ''
}

export function ProgressPanel({ jobId, title, isShare = false, onEnd }: ProgressPanelProps) {
  const { data: job, error, refetch } = useJob(jobId)
  const cancel = useMutation({
    mutationFn: () => api.POST('/api/v1/jobs/{job_id}/cancel', { params: { path: { job_id: jobId } } }),
    onSuccess: () => void refetch(),
  })
  const told = useRef<number | null>(null)
  useEffect(() => {
    if (!job || isRunning(job) || told.current === jobId) return
    told.current = jobId
    onEnd?.(job)
  }, [job, jobId, onEnd])
  if (error) return <ErrorState error={error} kept={t('The work goes on without this page.')} onRetry={() => void refetch()} />

  const isLive = !job || isRunning(job)
  const share = job?.total ? job.done / job.total : null
  const percent = job?.status === 'done' ? 100 : Math.min(100, Math.round((share ?? 0) * 100))
  return (
    <div className={classes.panel}>
      <div className={classes.head}>
        <strong>{title}</strong>
        <span className="soft figures">
          {isShare ? formatShare(percent / 100) : describeCount(job)}
        </span>
      </div>
      <Progress
        value={share === null && isLive ? 100 : percent}
        animated={share === null && isLive}
        color={job?.status === 'failed' ? 'var(--stop-fill)' : undefined}
        size="sm"
        aria-label={title}
      />
      <div className={classes.head}>
        <span role="status" className={job?.status === 'failed' ? classes.failed : 'soft'}>
          {describeJob(job)}
        </span>
        {isLive && (
          <Button variant="default" size="compact-sm" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('Cancel')}
          </Button>
        )}
      </div>
    </div>
  )
}
