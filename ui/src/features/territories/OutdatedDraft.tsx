// What if the live plan changed since this draft was made? One button takes the changes in, or says who has to decide what.
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { problemOf } from '@/api/problem'
import { StatusBadge } from '@/kit/StatusBadge'
import { showToast } from '@/kit/Toasts'
import { t } from '@/pure/words'
import { FindingList } from './FindingList'
import { refreshPlans, updateDraft, type Side } from './plans'
import classes from './Territories.module.css'
import type { Finding, Plan } from './types'
import { forgetSteps } from './useEdits'

export function OutdatedDraft({ plan }: { readonly plan: Plan }) {
  const update = useMutation({
    scope: { id: `draft ${plan.id}` },
    mutationFn: (prefer?: Side) => updateDraft(plan, prefer),
    onSuccess: (fresh) => {
      forgetSteps(plan.id)
      showToast({
        title: t('“{name}” is up to date', { name: plan.name }),
        body: t(
          'What went live meanwhile is in it now. {n, plural, =0 {Nothing differs from the live plan any more.} one {Your # change is kept.} other {Your # changes are kept.}}',
          { n: fresh.change_count ?? 0 },
        ),
      })
    },
    onError: (error) => {
      if (problemOf(error).code !== 'conflict') void refreshPlans()
    },
  })
  const problem = update.error ? problemOf(update.error) : null
  const findings = (problem?.body.findings as readonly Finding[] | undefined) ?? []
  return (
    <div className={classes.outdated}>
      <div className={classes.draftName}>
        <StatusBadge tone="warn">{t('Outdated')}</StatusBadge>
        <span>{t('The live plan has changed since this draft was made. It can be proposed once it is up to date.')}</span>
        <Button size="compact-sm" loading={update.isPending} onClick={() => update.mutate(undefined)}>
          {t('Bring up to date')}
        </Button>
      </div>
      {problem && (
        <div role="alert" className={classes.stack}>
          <p className={classes.problem}>
            {findings.length > 0
              ? t(
                  '{n, plural, one {One thing has} other {# things have}} to be decided first. The draft is as it was.',
                  { n: findings.length },
                )
              : `${problem.title}. ${problem.detail}`}
          </p>
          {findings.length > 0 && <FindingList findings={findings} />}
          {problem.code === 'conflict' && (
            <div className={classes.draftName}>
              <Button size="compact-sm" variant="default" loading={update.isPending} onClick={() => update.mutate('draft')}>
                {t('Keep what the draft says')}
              </Button>
              <Button size="compact-sm" variant="default" loading={update.isPending} onClick={() => update.mutate('live')}>
                {t('Take what the live plan says')}
              </Button>
              <span className="soft">{t('Only where both changed the same. Or change the draft by hand, and try again.')}</span>
            </div>
          )}
        </div>
      )}
    </div>
  )
}
