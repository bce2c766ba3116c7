// What does this draft change? Every difference from the live plan, in sentences.
import { Drawer, Skeleton } from '@mantine/core'
import { Link } from 'wouter'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { t } from '@/pure/words'
import type { ChosenPlan } from './plans'
import { usePlanDiff } from './reading'
import classes from './Territories.module.css'
import type { Plan, PlanChange } from './types'

type PlanChangesProps = { readonly plan: Plan; readonly chosen: ChosenPlan; readonly onClose: () => void }

const MARKS: Record<PlanChange['kind'], string> = { added: '+', removed: '−', changed: '~' }
const HAS_PAGE = new Set(['territory', 'rule', 'seat', 'list'])

export function PlanChanges({ plan, chosen, onClose }: PlanChangesProps) {
  const diff = usePlanDiff(plan.id, true)
  const changes = diff.data?.changes
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={t('What “{name}” changes', { name: plan.name })}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      {diff.error ? (
        <ErrorState error={diff.error} onRetry={() => void diff.refetch()} />
      ) : !changes ? (
        <Skeleton height={200} />
      ) : changes.length === 0 ? (
        <EmptyState title={t('No changes yet')} next={t('This draft equals the live plan.')} />
      ) : (
        <ol className={classes.changes}>
          {changes.map((change, place) => (
            <li key={place} className={classes.change} data-kind={change.kind}>
              <span className={classes.changeMark} aria-label={t(change.kind)} role="img">
                {MARKS[change.kind]}
              </span>
              <div>
                <p>
                  {change.sentence}{' '}
                  {HAS_PAGE.has(change.what) && change.kind !== 'removed' && (
                    <Link href={chosen.link(`/territories/${encodeURIComponent(change.code)}`)} onClick={onClose} className="small">
                      {t('Open')}
                    </Link>
                  )}
                </p>
                {change.what === 'rule' && (change.before || change.after) && (
                  <div className={classes.ruleDiff}>
                    {change.before && <del>{change.before}</del>}
                    {change.after && <ins>{change.after}</ins>}
                  </div>
                )}
              </div>
            </li>
          ))}
        </ol>
      )}
    </Drawer>
  )
}
