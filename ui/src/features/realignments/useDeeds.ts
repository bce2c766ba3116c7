// How does a realignment move on? Each step is one request; afterwards everything that showed the old state is asked again.
import { useMutation } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { api, useIdempotencyKey } from '@/api/client'
import { queryClient } from '@/api/queries'
import { showToast } from '@/kit/Toasts'
import { t } from '@/pure/words'
import type { Realignment } from './types'

export type Step = 'approve' | 'reject' | 'cancel' | 'rebase' | 'undo' | 'execute'

/** The server's own words on a step: a comment, a reason or nothing. */
export type Said = { readonly text: string }

/** Ownership shows on every page, so after a step nothing cached is trusted. */
function forgetAll(): void {
  void queryClient.invalidateQueries()
}

export function useDeeds(id: number, onJob: (jobId: number) => void) {
  const [, navigate] = useLocation()
  const idempotency = useIdempotencyKey()
  const params = { path: { realignment_id: id }, header: idempotency.header }

  async function run({ step, text }: { readonly step: Step } & Said): Promise<Realignment | null> {
    if (step === 'approve') return (await api.POST('/api/v1/realignments/{realignment_id}/approve', { params, body: { comment: text } })).data ?? null
    if (step === 'reject') return (await api.POST('/api/v1/realignments/{realignment_id}/reject', { params, body: { comment: text } })).data ?? null
    if (step === 'cancel') return (await api.POST('/api/v1/realignments/{realignment_id}/cancel', { params })).data ?? null
    if (step === 'rebase') return (await api.POST('/api/v1/realignments/{realignment_id}/rebase', { params })).data ?? null
    if (step === 'undo') return (await api.POST('/api/v1/realignments/{realignment_id}/undo', { params, body: { reason: text } })).data ?? null
    const answer = await api.POST('/api/v1/realignments/{realignment_id}/execute', { params })
    if (answer.data) onJob(answer.data.job_id)
    return null
  }

  return useMutation({
    mutationFn: run,
    onSuccess: (fresh, { step }) => {
      idempotency.renew()
      forgetAll()
      if (fresh && fresh.id !== id) {
        showToast({ title: step === 'undo' ? t('The way back is proposed') : t('Proposed again'), body: fresh.title })
        navigate(`/realignments/${fresh.id}`)
      }
    },
    onError: forgetAll,
  })
}
