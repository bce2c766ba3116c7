// Do findings lead to the rule and to the record that shows them?
import { describe, expect, it } from 'vitest'
import { recordHref, ruleHref, speaksOf } from './links'
import type { PlanFinding } from './reading'

const finding: PlanFinding = {
  severity: 'warning',
  kind: 'tie',
  where: 'territories[1].rule',
  sentence: 'A and B both claim accounts such as state CA.',
  territory: 'B',
  others: ['A'],
  account: { state: 'CA', is_public: true, country: 'US' },
  is_certain: true,
}

describe('links of a finding', () => {
  it('lead to the rule in the same plan', () => {
    expect(ruleHref('US WEST', 'active')).toBe('/territories/US%20WEST')
    expect(ruleHref('B', '7')).toBe('/territories/B?plan=7')
  })

  it('lead to the record, one parameter per field', () => {
    expect(recordHref(finding, 'active')).toBe('/routing/try?country=US&is_public=true&state=CA')
    expect(recordHref(finding, '7')).toBe('/routing/try?country=US&is_public=true&plan=7&state=CA')
    expect(recordHref({ account: {} }, '7')).toBeUndefined()
  })

  it('are found by words in any order', () => {
    expect(speaksOf(finding, 'ca BOTH')).toBe(true)
    expect(speaksOf(finding, 'both texas')).toBe(false)
  })
})
