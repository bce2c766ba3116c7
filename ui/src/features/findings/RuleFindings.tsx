// While a rule is edited: what contradicts itself, never wins, ties or overlaps?
import { Skeleton } from '@mantine/core'
import { useMemo } from 'react'
import { Section } from '@/kit/Page'
import { t } from '@/pure/words'
import classes from './Findings.module.css'
import { PlanFindingItem } from './PlanFindingItem'
import { useRuleFindings, type TypedRule } from './reading'

const MOST_SHOWN = 8

type RuleFindingsProps = {
  readonly rule: TypedRule
  /** What addresses take as `plan`. */
  readonly plan: string
  /** The rule can be read, so that it can be asked about. */
  readonly isAsked: boolean
}

export function RuleFindings({ rule, plan, isAsked }: RuleFindingsProps) {
  const answer = useRuleFindings(rule, isAsked)
  const findings = useMemo(() => answer.data?.findings ?? [], [answer.data])
  if (answer.error) return null // Whoever may not see the whole plan edits without these.
  const total = answer.data?.counts.reduce((sum, count) => sum + count.total, 0) ?? 0
  const isStale = !isAsked || answer.isPlaceholderData
  return (
    <Section title={t('What the check says')}>
      {!answer.data ? (
        <Skeleton height={60} />
      ) : (
        <div aria-busy={isStale} className={isStale ? classes.stale : undefined}>
          <p className="soft small" role="status">
            {t('{n, plural, =0 {Nothing to mend: the rule can match and win, and meets no other.} one {# finding} other {# findings}}', { n: total })}
          </p>
          <ul className={classes.list}>
            {findings.slice(0, MOST_SHOWN).map((one, place) => (
              <PlanFindingItem key={place} finding={one} plan={plan} home={rule.territory} />
            ))}
          </ul>
          {total > MOST_SHOWN && <p className="soft small">{t('and {n} more; the check of the plan lists them.', { n: total - MOST_SHOWN })}</p>}
        </div>
      )}
    </Section>
  )
}
