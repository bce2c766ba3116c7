// What does the form hold, and how does it become the question the server takes? Percent here, fractions there.
import type { DesignForm, Mode } from './types'

export type MeasureRow = { readonly name: string; readonly kind: 'balance' | 'spread'; readonly percent: number }

export type Question = {
  readonly name: string
  readonly mode: Mode
  readonly within: string | null
  readonly leaveOut: readonly string[]
  readonly added: number
  /** null: the territories there are. */
  readonly headcount: number | null
  readonly measures: readonly MeasureRow[]
  readonly budgetPercent: number | null
  readonly disruption: number
  readonly isHolding: boolean
  readonly maxAccounts: number | null
  readonly relationship: string | null
  readonly capacities: Readonly<Record<string, number>>
  readonly filters: Readonly<Record<string, string>>
  /** "1, 2, 5" as typed; empty makes one scenario. */
  readonly tolerances: string
  readonly disruptions: string
  readonly seed: number
  readonly seconds: number
}

type ModeDefaults = Pick<Question, 'leaveOut' | 'added' | 'headcount' | 'budgetPercent' | 'disruption' | 'isHolding'>

/** What is sensible for a mode; changing the mode sets these and keeps the rest. */
export function defaultsOf(mode: Mode): ModeDefaults {
  const still = { leaveOut: [], added: 0, headcount: null, budgetPercent: null, disruption: 0, isHolding: false }
  switch (mode) {
    case 'rebalance':
      return { ...still, budgetPercent: 10, disruption: 1 }
    case 'split':
      return { ...still, added: 1, disruption: 1 }
    case 'merge':
    case 'leaver':
      return { ...still, isHolding: true }
    case 'scratch':
      return still
  }
}

export function startQuestion(mode: Mode = 'rebalance'): Question {
  return {
    name: '',
    mode,
    within: null,
    measures: [{ name: 'count', kind: 'balance', percent: 10 }],
    maxAccounts: null,
    relationship: null,
    capacities: {},
    filters: {},
    tolerances: '',
    disruptions: '',
    seed: 0,
    seconds: 60,
    ...defaultsOf(mode),
  }
}

/** "1, 2; 5" → [1, 2, 5]; null when something in it is no number. */
export function readNumbers(text: string): number[] | null {
  const parts = text.split(/[\s,;%]+/).filter(Boolean)
  const numbers = parts.map(Number)
  return numbers.every(Number.isFinite) ? [...new Set(numbers)] : null
}

export function writeQuestion(question: Question): DesignForm {
  return {
    name: question.name.trim(),
    mode: question.mode,
    measures: question.measures.map(({ name, kind, percent }) => ({ name, kind, tolerance: percent / 100 })),
    within: question.within,
    layer: null,
    filters: question.filters,
    leave_out: [...question.leaveOut],
    new: question.added,
    headcount: question.headcount,
    capacities: { ...question.capacities },
    max_accounts: question.maxAccounts,
    relationship: question.relationship,
    move_budget: question.budgetPercent === null ? null : question.budgetPercent / 100,
    disruption: question.disruption,
    is_holding: question.isHolding,
    tolerances: (readNumbers(question.tolerances) ?? []).map((percent) => percent / 100),
    disruptions: readNumbers(question.disruptions) ?? [],
    seed: question.seed,
    seconds: question.seconds,
  }
}

const ROOM = 1.2 // with exactly the least nothing is left to keep territories compact

/** The move budget, in whole percent, that leaves room above the proven least; null where the one asked does. */
export function suggestBudget(budgetPercent: number | null, leastShare: number | null): number | null {
  if (budgetPercent === null || leastShare === null || budgetPercent >= leastShare * 100) return null
  return Math.min(100, Math.ceil(leastShare * 100 * ROOM))
}

/** A former run's question, to be asked again with changes. */
export function readQuestion(name: string, settings: Readonly<Record<string, unknown>>): Question {
  const form = settings as unknown as Required<DesignForm>
  const inPercent = (share: number) => Math.round(share * 100_000) / 1_000
  return {
    name,
    mode: form.mode,
    within: form.within,
    leaveOut: form.leave_out,
    added: form.new,
    headcount: form.headcount,
    measures: form.measures.map((measure) => ({
      name: measure.name,
      kind: measure.kind ?? 'balance',
      percent: inPercent(measure.tolerance),
    })),
    budgetPercent: form.move_budget === null ? null : inPercent(form.move_budget),
    disruption: form.disruption,
    isHolding: form.is_holding,
    maxAccounts: form.max_accounts,
    relationship: form.relationship,
    capacities: form.capacities,
    filters: form.filters as Record<string, string>,
    tolerances: form.tolerances.map(inPercent).join(', '),
    disruptions: form.disruptions.join(', '),
    seed: form.seed,
    seconds: form.seconds,
  }
}
