// Does a question survive the way to the server and back, and do percent and fractions agree?
import { describe, expect, it } from 'vitest'
import { defaultsOf, readNumbers, readQuestion, startQuestion, suggestBudget, writeQuestion } from './question'

describe('the question', () => {
  it('is written in fractions', () => {
    const form = writeQuestion({ ...startQuestion('rebalance'), tolerances: '1, 2.5', disruptions: '0 3' })
    expect(form.measures).toEqual([{ name: 'count', kind: 'balance', tolerance: 0.1 }])
    expect(form.move_budget).toBe(0.1)
    expect(form.tolerances).toEqual([0.01, 0.025])
    expect(form.disruptions).toEqual([0, 3])
  })

  it('comes back as it went', () => {
    const asked = { ...startQuestion('split'), name: 'Two hires', within: 'WEST', added: 2, tolerances: '1, 2.5', budgetPercent: 7 }
    const form = writeQuestion(asked)
    expect(readQuestion('Two hires', form as Record<string, unknown>)).toEqual(asked)
  })

  it('starts each mode with what is sensible for it', () => {
    expect(defaultsOf('leaver').isHolding).toBe(true)
    expect(defaultsOf('split').added).toBe(1)
    expect(defaultsOf('scratch').budgetPercent).toBeNull()
  })

  it('suggests a budget only where the one asked is proven too small', () => {
    expect(suggestBudget(10, 0.208)).toBe(25)
    expect(suggestBudget(21, 0.208)).toBeNull()
    expect(suggestBudget(null, 0.208)).toBeNull()
    expect(suggestBudget(10, null)).toBeNull()
    expect(suggestBudget(10, 0.97)).toBe(100)
  })

  it('reads lists of numbers, and says when one is none', () => {
    expect(readNumbers('1 %, 2; 5 5')).toEqual([1, 2, 5])
    expect(readNumbers('')).toEqual([])
    expect(readNumbers('1, two')).toBeNull()
  })
})
