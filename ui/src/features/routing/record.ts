// How does a record that is tried stand in the address? One parameter per field, beside what is asked about it.
import type { FieldChange } from './types'

/** What the address asks besides the record's fields. */
export const ASKED_KEYS = ['account', 'plan', 'date', 'whynot', 'rep'] as const
const ASKED: ReadonlySet<string> = new Set(ASKED_KEYS)

/** Worked out from other fields, so they cannot be typed. */
const DERIVED: ReadonlySet<string> = new Set(['region', 'position'])

/** The server's stand-in for "any value that no rule names". */
export const UNNAMED = '(other)'

export function mayBeTyped(field: string): boolean {
  return !DERIVED.has(field) && !ASKED.has(field)
}

/** The record's fields: every parameter that names a known one. */
export function readRecord(view: URLSearchParams, known: ReadonlySet<string>): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const [key, value] of view) if (known.has(key) && mayBeTyped(key)) fields[key] = value
  return fields
}

export type TryAddress = {
  readonly account?: number
  readonly plan?: string
  readonly whynot?: string
  readonly fields?: Readonly<Record<string, string>>
}

/** The address of a try, ready to be shared. */
export function tryHref({ account, plan, whynot, fields = {} }: TryAddress): string {
  const params = new URLSearchParams()
  if (account !== undefined) params.set('account', String(account))
  if (plan && plan !== 'active') params.set('plan', plan)
  if (whynot) params.set('whynot', whynot)
  for (const [key, value] of Object.entries(fields)) params.set(key, value)
  const query = params.toString()
  return query ? `/routing/try?${query}` : '/routing/try'
}

/** The fields that a suggestion changes, as the address holds them: an emptied field is there, and empty. */
export function fieldsOf(changes: readonly FieldChange[]): Record<string, string> {
  return Object.fromEntries(changes.map((change) => [change.field, change.after ?? '']))
}
