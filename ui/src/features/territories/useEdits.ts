// How is a draft changed, and changed back? Each edit knows its way back; the steps of this visit live in the query cache.
import { useMutation, useQuery } from '@tanstack/react-query'
import { problemOf } from '@/api/problem'
import { queryClient } from '@/api/queries'
import { showProblem, showToast } from '@/kit/Toasts'
import { t } from '@/pure/words'
import { refreshPlans } from './plans'
import type { Plan } from './types'

/** What the server must still hold for the edit to be right: the draft's version, as an If-Match header. */
export type EditHeader = { 'If-Match'?: string }

export type Edit = {
  /** "Changed the rule of US-WEST": shown beside Undo. */
  readonly label: string
  readonly apply: (header: EditHeader) => Promise<number>
  /** Absent where there is no way back. */
  readonly revert?: (header: EditHeader) => Promise<number>
}

type Steps = { readonly done: readonly Edit[]; readonly undone: readonly Edit[] }

const NOTHING: Steps = { done: [], undone: [] }
const stepsKey = (planId: number) => ['draft edits', planId]
const plansKey = ['get', '/api/v1/plans']

function isPlansKey(key: readonly unknown[]): boolean {
  return key[0] === plansKey[0] && key[1] === plansKey[1]
}

function versionOf(planId: number): EditHeader {
  const lists = queryClient.getQueriesData<Plan[]>({ predicate: ({ queryKey }) => isPlansKey(queryKey) })
  const plan = lists.flatMap(([, plans]) => plans ?? []).find((one) => one.id === planId)
  return plan ? { 'If-Match': String(plan.version) } : {}
}

function keepVersion(planId: number, version: number): void {
  queryClient.setQueriesData<Plan[]>({ predicate: ({ queryKey }) => isPlansKey(queryKey) }, (plans) =>
    plans?.map((plan) => (plan.id === planId ? { ...plan, version } : plan)),
  )
}

function stepsOf(planId: number): Steps {
  return queryClient.getQueryData<Steps>(stepsKey(planId)) ?? NOTHING
}

type Deed = { readonly edit: Edit; readonly way: 'do' | 'undo' | 'redo' }

function nextSteps({ done, undone }: Steps, { edit, way }: Deed): Steps {
  if (way === 'undo') return { done: done.slice(0, -1), undone: [...undone, edit] }
  if (way === 'redo') return { done: [...done, edit], undone: undone.slice(0, -1) }
  // What cannot be taken back also closes the way to everything before it.
  return edit.revert ? { done: [...done, edit], undone: [] } : NOTHING
}

export function useEdits(planId: number | undefined) {
  const { data: steps = NOTHING } = useQuery({
    queryKey: stepsKey(planId ?? 0),
    queryFn: () => stepsOf(planId ?? 0),
    initialData: NOTHING,
    staleTime: Infinity,
    gcTime: Infinity,
  })
  const deed = useMutation({
    scope: { id: `draft ${planId}` },
    mutationFn: async ({ edit, way }: Deed) => {
      const header = versionOf(planId!)
      const version = await (way === 'undo' ? edit.revert!(header) : edit.apply(header))
      keepVersion(planId!, version)
    },
    onSuccess: (_, done) => {
      queryClient.setQueryData(stepsKey(planId!), nextSteps(stepsOf(planId!), done))
      return refreshPlans()
    },
    onError: (error) => {
      if (problemOf(error).status === 409) void refreshPlans()
    },
  })
  // Read when asked, not when drawn: a note with an Undo button outlives the drawing that made it.
  const step = (way: 'undo' | 'redo') => {
    if (planId === undefined || deed.isPending) return
    const { done, undone } = stepsOf(planId)
    const edit = way === 'undo' ? done.at(-1) : undone.at(-1)
    if (!edit) return
    deed.mutate(
      { edit, way },
      {
        onError: showProblem,
        onSuccess: () =>
          showToast({ title: t(way === 'undo' ? 'Taken back: {edit}' : 'Done again: {edit}', { edit: edit.label }) }),
      },
    )
  }
  return {
    /** Applies the edit; a refusal is thrown for the form that asked. */
    edit: (edit: Edit) => deed.mutateAsync({ edit, way: 'do' }),
    isBusy: deed.isPending,
    last: steps.done.at(-1)?.label,
    next: steps.undone.at(-1)?.label,
    undo: () => step('undo'),
    redo: () => step('redo'),
  }
}

/** After a change that was not made step by step, the steps before it lead nowhere. */
export function forgetSteps(planId: number): void {
  queryClient.setQueryData(stepsKey(planId), NOTHING)
}
