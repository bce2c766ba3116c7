// How is a mapping read and changed, column by column? Pure functions on the mapping's JSON.
import type { ColumnSource, FileMapping, Mapping } from './types'

function sourceOf(source: ColumnSource | string | undefined): ColumnSource {
  return typeof source === 'string' ? { column: source } : (source ?? {})
}

/** Which of our columns does this column of the file feed? null: none. */
export function fedBy(entry: FileMapping, theirs: string): string | null {
  for (const [ours, source] of Object.entries(entry.columns ?? {})) if (sourceOf(source).column === theirs) return ours
  return null
}

/** Our columns that come from something else than a column of the file: constants, looked-up values. */
export function listOtherSources(entry: FileMapping, columns: readonly string[]): readonly { readonly ours: string; readonly source: ColumnSource }[] {
  return Object.entries(entry.columns ?? {})
    .map(([ours, source]) => ({ ours, source: sourceOf(source) }))
    .filter(({ source }) => source.column === undefined || !columns.includes(source.column))
}

function replaceEntry(mapping: Mapping, file: string, change: (entry: FileMapping) => FileMapping): Mapping {
  return { ...mapping, files: mapping.files.map((entry) => (entry.file === file ? change(entry) : entry)) }
}

/** Feed `ours` from their column; a column feeds one of ours at most, and one of ours has one source. Steps such as
 * value tables stay with a source that keeps its place. */
export function feedColumn(mapping: Mapping, file: string, theirs: string, ours: string | null): Mapping {
  return replaceEntry(mapping, file, (entry) => {
    const before = fedBy(entry, theirs)
    if (before === ours) return entry
    const kept = Object.entries(entry.columns ?? {}).filter(([name]) => name !== before && name !== ours)
    const columns: Record<string, ColumnSource | string> = Object.fromEntries(kept)
    if (ours !== null) columns[ours] = { column: theirs }
    return { ...entry, columns }
  })
}

/** What a file is; its columns start afresh because each kind has its own. null leaves the file out. */
export function changeKind(mapping: Mapping, file: string, kind: string | null): Mapping {
  const rest = mapping.files.filter((entry) => entry.file !== file)
  return { ...mapping, files: kind === null ? rest : [...rest, { file, kind, columns: {} }] }
}

/** Required columns that nothing feeds yet. */
export function listMissing(entry: FileMapping, required: readonly string[]): readonly string[] {
  const rows = entry.rows ?? []
  return rows.length > 0 ? [] : required.filter((name) => !(entry.columns && name in entry.columns))
}
