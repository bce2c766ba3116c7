// How does one rule live in three forms at once while it is being edited? The form being typed leads, the server fills the others.
import { useDebouncedValue } from '@mantine/hooks'
import { useMemo, useState } from 'react'
import type { RuleGroupType } from 'react-querybuilder'
import { problemOf } from '@/api/problem'
import { t } from '@/pure/words'
import { useParsedRule } from '../reading'
import type { Field, Finding, ParsedRule } from '../types'
import { dropBlanks, EMPTY_GROUP, findBlanks, fromEnvelope, toEnvelope } from './envelope'

/** What the user is typing; `stored` while nothing was touched. */
type Draft =
  | { readonly kind: 'stored' }
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly group: RuleGroupType }

export type RuleState = {
  /** null: the territory has no rule of its own. */
  readonly text: string | null
  readonly group: RuleGroupType | null
  readonly parsed: ParsedRule | undefined
  readonly findings: readonly Finding[]
  readonly error: unknown
  /** The forms agree with what was typed last. */
  readonly isSettled: boolean
  readonly isFaulty: boolean
  readonly isChanged: boolean
  readonly typeText: (text: string) => void
  readonly build: (group: RuleGroupType) => void
  readonly remove: () => void
  readonly revert: () => void
}

const PAUSE = 250

function faultOf(sentence: string): Finding {
  return { severity: 'error', where: 'rule', sentence, line: null, column: null, suggestion: null }
}

export function useRule(
  stored: string | null,
  place: { readonly territory: string; readonly planId: number | undefined; readonly fields: readonly Field[] },
): RuleState {
  const [draft, setDraft] = useState<Draft>({ kind: 'stored' })
  const question = useMemo(() => {
    if (draft.kind === 'text') return draft.text.trim() ? { text: draft.text } : null
    if (draft.kind === 'json') return { json: toEnvelope(dropBlanks(draft.group), place.fields) }
    return draft.kind === 'stored' && stored ? { text: stored } : null
  }, [draft, stored, place.fields])
  const [asked] = useDebouncedValue(question, draft.kind === 'stored' ? 0 : PAUSE)
  const answer = useParsedRule(asked, place.territory, place.planId)
  const hasRule = question !== null
  const isSettled = question === asked && !answer.isFetching
  const parsed = hasRule ? answer.data : undefined
  const error = hasRule && isSettled ? answer.error : null
  const problem = error ? problemOf(error) : null
  const named = problem?.body.findings as readonly Finding[] | undefined
  const findings = named ?? (problem ? [faultOf(problem.detail || problem.title)] : [])
  // An empty text is not a rule; to have none is a decision of its own.
  const isBlank = draft.kind === 'text' && !draft.text.trim()
  const blanks = draft.kind === 'json' ? findBlanks(draft.group) : []
  return {
    text: draft.kind === 'text' ? draft.text : hasRule ? (parsed?.text ?? stored) : null,
    group: draft.kind === 'json' ? draft.group : parsed && !error ? fromEnvelope(parsed.json) : null,
    parsed: error ? undefined : parsed,
    findings: isBlank
      ? [faultOf(t('The text is empty. Write a rule, or remove the rule.'))]
      : [...blanks.map((at) => faultOf(t('Condition {at} has no value yet. Fill it in or remove it.', { at }))), ...findings],
    error,
    isSettled,
    isFaulty: isBlank || blanks.length > 0 || error !== null,
    isChanged: draft.kind === 'none' ? stored !== null : draft.kind !== 'stored' && (isBlank || blanks.length > 0 || !parsed || parsed.text !== stored),
    typeText: (text) => setDraft({ kind: 'text', text }),
    build: (group) => setDraft({ kind: 'json', group }),
    remove: () => setDraft({ kind: 'none' }),
    revert: () => setDraft({ kind: 'stored' }),
  }
}

/** The group a new rule starts with: no condition yet, which means everything. */
export function startGroup(): RuleGroupType {
  return { ...EMPTY_GROUP, rules: [] }
}
