// Is this plan sound? What the check found, gravest first, each with its place.
import { Drawer, Skeleton } from '@mantine/core'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { t } from '@/pure/words'
import { FindingList } from './FindingList'
import { usePlanCheck } from './reading'
import type { Plan } from './types'

type PlanFindingsProps = { readonly plan: Plan; readonly onClose: () => void }

export function PlanFindings({ plan, onClose }: PlanFindingsProps) {
  const check = usePlanCheck(plan.id, true)
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={t('Check of “{name}”', { name: plan.name })}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      {check.error ? (
        <ErrorState error={check.error} onRetry={() => void check.refetch()} />
      ) : !check.data ? (
        <Skeleton height={200} />
      ) : check.data.findings.length === 0 ? (
        <EmptyState title={t('Nothing to mend')} next={t('Rules, tree, seats, lists and locks of this plan are sound.')} />
      ) : (
        <FindingList findings={check.data.findings} />
      )}
    </Drawer>
  )
}
