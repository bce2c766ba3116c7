// Which rows of the territory tree are in sight, in which order, and how far is each from its siblings' average?
import type { TerritoryRow } from './types'

export type TreeRow = {
  readonly territory: TerritoryRow
  /** Levels below the layer's root; the tree's own, since a search may cut branches. */
  readonly level: number
  readonly hasChildren: boolean
  readonly isExpanded: boolean
  /** Place among its siblings and how many there are, for assistive technology. */
  readonly place: number
  readonly siblings: number
  /** 0.2 = a fifth more than the average of its siblings; null where there is nothing to compare. */
  readonly deviation: number | null
}

export type Measure = 'accounts' | 'revenue_minor' | 'pipeline_minor' | 'quota_minor'

export type TerritoryIndex = {
  readonly roots: readonly TerritoryRow[]
  readonly byCode: ReadonlyMap<string, TerritoryRow>
  readonly childrenOf: ReadonlyMap<string, readonly TerritoryRow[]>
}

/** The rows of one layer, found by code and by parent; order as the server gave it. */
export function indexTerritories(rows: readonly TerritoryRow[], layer: string | null): TerritoryIndex {
  const own = layer ? rows.filter((row) => row.layer === layer) : rows
  const byCode = new Map(own.map((row) => [row.code, row]))
  const roots: TerritoryRow[] = []
  const childrenOf = new Map<string, TerritoryRow[]>()
  for (const row of own) {
    if (!row.parent || !byCode.has(row.parent)) {
      roots.push(row)
      continue
    }
    const siblings = childrenOf.get(row.parent)
    if (siblings) siblings.push(row)
    else childrenOf.set(row.parent, [row])
  }
  return { roots, byCode, childrenOf }
}

/** The territory and everything above it, from the root down. */
export function pathTo(index: TerritoryIndex, code: string): TerritoryRow[] {
  const path: TerritoryRow[] = []
  let row = index.byCode.get(code)
  while (row && !path.includes(row)) {
    path.unshift(row)
    row = row.parent ? index.byCode.get(row.parent) : undefined
  }
  return path
}

/** The territory and everything below it. */
export function codesBelow(index: TerritoryIndex, code: string): Set<string> {
  const found = new Set<string>()
  const waiting = [code]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue
    found.add(next)
    for (const child of index.childrenOf.get(next) ?? []) waiting.push(child.code)
  }
  return found
}

/** Codes that stay in sight under a search: the matches and what leads to them; null without a search. */
export function searchTree(index: TerritoryIndex, words: string): ReadonlySet<string> | null {
  const wanted = words.trim().toLowerCase()
  if (!wanted) return null
  const kept = new Set<string>()
  for (const row of index.byCode.values()) {
    const text = `${row.code} ${row.name} ${row.primary?.name ?? ''}`.toLowerCase()
    if (text.includes(wanted)) for (const step of pathTo(index, row.code)) kept.add(step.code)
  }
  return kept
}

function deviationAmong(row: TerritoryRow, siblings: readonly TerritoryRow[], measure: Measure): number | null {
  const filled = siblings.filter((sibling) => sibling.layer === row.layer)
  if (filled.length < 2) return null
  const average = filled.reduce((sum, sibling) => sum + sibling.totals[measure], 0) / filled.length
  return average === 0 ? null : (row.totals[measure] - average) / average
}

/** Rows in sight, depth first. A search opens every branch that holds a match. */
export function listTreeRows(
  index: TerritoryIndex,
  expanded: ReadonlySet<string>,
  kept: ReadonlySet<string> | null,
  measure: Measure,
): TreeRow[] {
  const rows: TreeRow[] = []
  const visit = (siblings: readonly TerritoryRow[], level: number) => {
    const shown = kept ? siblings.filter((row) => kept.has(row.code)) : siblings
    shown.forEach((territory, place) => {
      const children = index.childrenOf.get(territory.code) ?? []
      const isExpanded = kept ? children.some((child) => kept.has(child.code)) : expanded.has(territory.code)
      rows.push({
        territory,
        level,
        hasChildren: children.length > 0,
        isExpanded: children.length > 0 && isExpanded,
        place: place + 1,
        siblings: shown.length,
        deviation: deviationAmong(territory, siblings, measure),
      })
      if (children.length > 0 && isExpanded) visit(children, level + 1)
    })
  }
  visit(index.roots, 1)
  return rows
}

/** What the tree opens with: every branch as deep as fits on a screen. */
export function startExpanded(index: TerritoryIndex, roomForRows = 40): Set<string> {
  const expanded = new Set<string>()
  let level: readonly TerritoryRow[] = index.roots
  let shown = level.length
  while (level.length > 0) {
    const next = level.flatMap((row) => index.childrenOf.get(row.code) ?? [])
    if (next.length === 0 || shown + next.length > roomForRows) break
    for (const row of level) if (index.childrenOf.has(row.code)) expanded.add(row.code)
    shown += next.length
    level = next
  }
  return expanded
}

/** Codes that stay in sight when only vacant seats are wanted. */
export function keepVacant(index: TerritoryIndex): ReadonlySet<string> {
  const kept = new Set<string>()
  for (const row of index.byCode.values()) {
    if (row.is_vacant) for (const step of pathTo(index, row.code)) kept.add(step.code)
  }
  return kept
}

/** Where a key leads in the tree: another row becomes active, or a branch opens or closes. */
export type TreeStep =
  | { readonly kind: 'go'; readonly to: number }
  | { readonly kind: 'expand'; readonly codes: readonly string[]; readonly isOpen: boolean }

/** The keys of a tree grid as the ARIA practices describe them; null where the key means nothing. */
export function stepTree(key: string, rows: readonly TreeRow[], active: number, page: number): TreeStep | null {
  const row = rows[active]
  if (!row) return null
  const code = row.territory.code
  if (key === 'ArrowRight') {
    if (!row.hasChildren) return null
    return row.isExpanded ? { kind: 'go', to: active + 1 } : { kind: 'expand', codes: [code], isOpen: true }
  }
  if (key === 'ArrowLeft') {
    if (row.isExpanded) return { kind: 'expand', codes: [code], isOpen: false }
    const parent = rows.findLastIndex((other, place) => place < active && other.level < row.level)
    return parent < 0 ? null : { kind: 'go', to: parent }
  }
  if (key === '*') {
    const siblings = rows.filter((other) => other.territory.parent === row.territory.parent && other.hasChildren)
    return { kind: 'expand', codes: siblings.map((other) => other.territory.code), isOpen: true }
  }
  const steps: Record<string, number> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + page,
    PageUp: active - page,
    Home: 0,
    End: rows.length - 1,
  }
  const to = steps[key]
  return to === undefined ? null : { kind: 'go', to: Math.min(rows.length - 1, Math.max(0, to)) }
}
