// Where do misplaced accounts belong, counted per territory?
import type { AccountRow } from './types'

export type Target = { readonly code: string; readonly name: string; readonly accounts: number }

/** The territories the accounts belong to by their data, the one with most accounts first. */
export function countTargets(accounts: readonly Pick<AccountRow, 'misplaced'>[]): Target[] {
  const targets = new Map<string, Target>()
  for (const { misplaced } of accounts) {
    for (const { code, name } of misplaced?.belongs_to ?? []) {
      targets.set(code, { code, name, accounts: (targets.get(code)?.accounts ?? 0) + 1 })
    }
  }
  return [...targets.values()].sort((a, b) => b.accounts - a.accounts || a.code.localeCompare(b.code))
}
