// How far is a long job? Asked again until it ends, then never.
import { $api, type Answer } from './client'

export type Job = Answer<'/api/v1/jobs/{job_id}'>

export function isRunning(job: Pick<Job, 'status'>): boolean {
  return job.status === 'queued' || job.status === 'running'
}

/** Polls the job twice a second while it runs. The id belongs in the URL, so that a reload finds the job again. */
export function useJob(id: number | null) {
  return $api.useQuery(
    'get',
    '/api/v1/jobs/{job_id}',
    { params: { path: { job_id: id ?? 0 } } },
    {
      enabled: id !== null,
      staleTime: 0,
      refetchInterval: (query) => (!query.state.data || isRunning(query.state.data) ? 500 : false),
    },
  )
}
