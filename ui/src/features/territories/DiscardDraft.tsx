// What is lost when a draft is discarded? Its changes, in numbers; the live plan is not touched.
import { useMutation } from '@tanstack/react-query'
import { ConfirmDialog } from '@/kit/ConfirmDialog'
import { showToast } from '@/kit/Toasts'
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'
import { archiveDraft, type ChosenPlan } from './plans'
import { usePlanDiff } from './reading'
import type { Plan } from './types'

type DiscardDraftProps = { readonly plan: Plan; readonly chosen: ChosenPlan; readonly onClose: () => void }

export function DiscardDraft({ plan, chosen, onClose }: DiscardDraftProps) {
  const diff = usePlanDiff(plan.id, true)
  const changes = diff.data?.changes
  const count = changes?.length ?? plan.change_count ?? 0
  const touched = changes && new Set(changes.map((change) => change.code)).size
  const discard = useMutation({
    mutationFn: () => archiveDraft(plan.id),
    onSuccess: () => {
      showToast({ title: t('“{name}” is archived', { name: plan.name }), body: t('The live plan is unchanged.') })
      chosen.choose(null)
      onClose()
    },
  })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('Discard “{name}”', { name: plan.name })}
      effects={[
        { label: t('Changes that will not become real'), value: formatCount(count) },
        ...(touched === undefined ? [] : [{ label: t('Territories, sets and locks they touch'), value: formatCount(touched) }]),
        { label: t('Accounts that change their owner'), value: '0' },
      ]}
      verb={t('Discard {n, plural, =0 {the draft} one {# change} other {# changes}}', { n: count })}
      after={t('The draft is archived, not deleted: it stays readable in the history. Export it as text first if you want to use it again.')}
      tone="stop"
      onConfirm={() => discard.mutate()}
      isBusy={discard.isPending}
      error={discard.error}
    />
  )
}
