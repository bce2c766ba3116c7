// Which plan is the user looking at: the active one, or a draft that may be changed?
import { useCallback, useMemo } from 'react'
import { useMay } from '@/api/session'
import { queryClient } from '@/api/queries'
import { useView } from '@/kit/useView'
import { $api, api } from '@/api/client'
import type { Plan, RealignmentForm } from './types'

export function usePlans() {
  return $api.useQuery('get', '/api/v1/plans')
}

export type ChosenPlan = {
  /** What the server takes as `plan`: "active" or a plan's number. */
  readonly param: string
  /** The plan itself, once known; the active one when no draft is chosen. */
  readonly plan: Plan | undefined
  readonly drafts: readonly Plan[]
  /** A draft is open that this user may change now. */
  readonly isEditable: boolean
  readonly mayEdit: boolean
  readonly choose: (id: number | null) => void
  /** An address inside this place that keeps the chosen plan. */
  readonly link: (path: string, extra?: Readonly<Record<string, string>>) => string
}

export function useChosenPlan(): ChosenPlan {
  const [view, change] = useView()
  const param = view.get('plan') ?? 'active'
  const { data: plans } = usePlans()
  const mayEdit = useMay('edit_plans')
  const plan = plans?.find((one) => (param === 'active' ? one.status === 'active' : String(one.id) === param))
  const drafts = useMemo(() => plans?.filter((one) => one.status === 'draft' || one.status === 'staged') ?? [], [plans])
  const choose = useCallback((id: number | null) => change({ plan: id }, 'push'), [change])
  const link = useCallback(
    (path: string, extra: Readonly<Record<string, string>> = {}) => {
      const params = new URLSearchParams(extra)
      if (param !== 'active') params.set('plan', param)
      params.sort()
      const query = params.toString()
      return query ? `${path}?${query}` : path
    },
    [param],
  )
  return { param, plan, drafts, isEditable: mayEdit && plan?.status === 'draft', mayEdit, choose, link }
}

const PLAN_PATHS = ['/api/v1/plans', '/api/v1/territories', '/api/v1/carve_outs', '/api/v1/rules', '/api/v1/fields', '/api/v1/map', '/api/v1/locks']

/** Everything that is read from plans is asked again; the rest of the cache stays. */
export function refreshPlans(): Promise<void> {
  return queryClient.invalidateQueries({
    predicate: ({ queryKey }) => PLAN_PATHS.some((path) => String(queryKey[1]).startsWith(path)),
  })
}

export async function createDraft(name: string): Promise<Plan> {
  const { data } = await api.POST('/api/v1/plans', { body: { name: name.trim() || null } })
  await refreshPlans()
  return data!
}

export async function archiveDraft(id: number): Promise<void> {
  await api.DELETE('/api/v1/plans/{plan_id}', { params: { path: { plan_id: id } } })
  await refreshPlans()
}

export type Side = 'draft' | 'live'

/** Merges what went live meanwhile into the draft; a Problem with findings leaves the draft as it was. */
export async function updateDraft({ id, version }: Plan, prefer?: Side): Promise<Plan> {
  const { data } = await api.POST('/api/v1/plans/{plan_id}/update', {
    params: { path: { plan_id: id }, query: { prefer } },
    headers: { 'If-Match': String(version) },
  })
  await refreshPlans()
  return data!
}

/** The plan's canonical text. */
export async function readPlanText(id: number): Promise<string> {
  const { data } = await api.GET('/api/v1/plans/{plan_id}/export', { params: { path: { plan_id: id } }, parseAs: 'text' })
  return data ?? ''
}

/** Replaces a draft by what the text says; a Problem with findings leaves the draft as it was. */
export async function replacePlanText(id: number, text: string): Promise<void> {
  await api.PUT('/api/v1/plans/{plan_id}/text', {
    params: { path: { plan_id: id } },
    body: text,
    bodySerializer: (body: string) => body,
    headers: { 'Content-Type': 'text/yaml' },
  })
  await refreshPlans()
}

/** Posts the proposal and answers its number. */
export async function proposeRealignment(
  form: RealignmentForm,
  header: { 'Idempotency-Key': string },
): Promise<number> {
  const { data } = await api.POST('/api/v1/realignments', { params: { header }, body: form })
  return data!.id
}
