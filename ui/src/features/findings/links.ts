// Where does a finding lead: to the rule it is about, and to the record that shows it?
import type { PlanFinding } from './reading'

/** The territory's rule, in the same plan. */
export function ruleHref(territory: string, plan: string): string {
  const address = `/territories/${encodeURIComponent(territory)}`
  return plan === 'active' ? address : `${address}?plan=${encodeURIComponent(plan)}`
}

/** "Try a record" with the account that shows the finding; undefined when there is none. */
export function recordHref({ account }: Pick<PlanFinding, 'account'>, plan: string): string | undefined {
  const fields = Object.entries(account)
  if (fields.length === 0) return undefined
  const params = new URLSearchParams(fields.map(([name, value]) => [name, String(value)]))
  if (plan !== 'active') params.set('plan', plan)
  params.sort()
  return `/routing/try?${params.toString()}`
}

/** Whether a finding speaks of these words, in its sentence or its territories. */
export function speaksOf(finding: PlanFinding, words: string): boolean {
  const text = [finding.sentence, finding.territory ?? '', ...finding.others].join(' ').toLocaleLowerCase()
  return words.toLocaleLowerCase().split(/\s+/).every((word) => text.includes(word))
}
