// How do the filters of the account list stand in the URL, and how do they reach the server?
import { t } from '@/pure/words'

/** Everything `/accounts` can be narrowed by; each is one key of the query string. */
export const FILTER_KEYS = [
  'q', 'territory', 'layer', 'owner', 'country', 'state', 'industry', 'segment', 'status', 'cause', 'list',
  'min_employees', 'max_employees', 'min_revenue', 'max_revenue', 'own', 'tie',
  'base', 'base_own',
] as const

export type FilterKey = (typeof FILTER_KEYS)[number]
export type AccountFilters = Readonly<Partial<Record<FilterKey | 'sort', string>>>

export const LISTS: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'unassigned', label: 'unassigned' },
  { value: 'misplaced', label: 'misplaced' },
  { value: 'conflicts', label: 'with conflicting claims' },
  { value: 'carved_out', label: 'carved out of another territory' },
  { value: 'sole', label: 'that nobody else claims' },
]

export const CAUSES: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'rule', label: 'a rule' },
  { value: 'named', label: 'named in a list' },
  { value: 'lock', label: 'a lock' },
  { value: 'family', label: 'its family' },
  { value: 'unassigned', label: 'unassigned' },
]

export function readFilters(view: URLSearchParams): AccountFilters {
  const found: Partial<Record<FilterKey | 'sort', string>> = {}
  for (const key of [...FILTER_KEYS, 'sort'] as const) {
    const value = view.get(key)
    if (value) found[key] = value
  }
  return found
}

const NUMBERS: ReadonlySet<string> = new Set(['owner', 'min_employees', 'max_employees'])
const MONEY: ReadonlySet<string> = new Set(['min_revenue', 'max_revenue'])

export type AccountQuery = Readonly<Record<string, string | number | boolean>>

/** The query the server takes. A territory means its whole branch unless `own` is set; a base, unless `base_own` is. */
export function toQuery(filters: AccountFilters, minorPerUnit: number): AccountQuery {
  const query: Record<string, string | number | boolean> = {}
  for (const [key, value] of Object.entries(filters)) {
    if (!value || key === 'own' || key === 'base_own') continue
    if (key === 'tie') query[key] = true
    else if (NUMBERS.has(key)) query[key] = Number(value)
    else if (MONEY.has(key)) query[key] = Math.round(Number(value) * minorPerUnit)
    else query[key] = value
  }
  if (filters.territory && filters.own) query.descendants = false
  if (filters.base && filters.base_own) query.base_descendants = false
  return query
}

/** The address of the accounts behind a number. */
export function accountsHref(filters: AccountFilters): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(filters)) if (value) params.set(key, value)
  params.sort()
  const query = params.toString()
  return query ? `/accounts?${query}` : '/accounts'
}

/** The address of the CSV with the same rows. */
export function exportHref(query: AccountQuery): string {
  const params = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))
  params.sort()
  return `/api/v1/accounts/export.csv?${params.toString()}`
}

/** How a decision is told in a word: the cause that the server names. */
export function describeCause(cause: string | null): string {
  const known = CAUSES.find((one) => one.value === cause)
  return known ? t(known.label) : (cause ?? t('not decided yet'))
}

/** What one unit of the currency has of its minor unit: 100 for dollars, 1 for yen. */
export function minorPerUnit(currency: string): number {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
  return 10 ** maximumFractionDigits
}
