// Does the question before an import say what each policy moves, and nothing that is not known?
import { describe, expect, it } from 'vitest'
import { countByPolicy, listFollows, type ImportEffect } from './effect'

function makeEffect(layers: readonly Pick<ImportEffect['layers'][number], 'role' | 'policy' | 'accounts' | 'unassigned'>[], fresh = 0) {
  return { state: 'foretold', new: fresh, layers } as unknown as ImportEffect
}

describe('listFollows', () => {
  it('says nothing while nothing is foretold', () => {
    expect(listFollows(undefined)).toEqual([])
    expect(listFollows({ ...makeEffect([]), state: 'no_live_plan' })).toEqual([])
  })
  it('adds up moves by policy, not by layer', () => {
    const effect = makeEffect([
      { role: 'primary', policy: 'propose', accounts: 3, unassigned: 1 },
      { role: 'overlay', policy: 'propose', accounts: 2, unassigned: 4 },
      { role: 'partner', policy: 'at_once', accounts: 1, unassigned: 0 },
    ], 5)
    expect(listFollows(effect).map((line) => [line.label, line.value])).toEqual([
      ['Moves at once', '1'],
      ['Moves to be proposed', '5'],
      ['New accounts', '5'],
      ['Of these unassigned', '1'],
    ])
    expect(countByPolicy(effect.layers, 'at_once')).toBe(1)
  })
  it('says that nothing moves', () => {
    expect(listFollows(makeEffect([{ role: 'primary', policy: 'propose', accounts: 0, unassigned: 0 }]))).toEqual([{ label: 'Moves', value: '0' }])
  })
})
