// Which values stand in a pasted text? One a line, or parted by commas, semicolons or tabs; quotes are taken off.

export type PastedValues = { readonly values: readonly string[]; readonly duplicates: readonly string[] }

/** Codes compare without case and inner spaces, as the rules do. */
export function foldCode(value: string): string {
  return value.replace(/\s+/g, '').toLowerCase()
}

/** Distinct values in their order, and those that came more than once. */
export function readValues(text: string): PastedValues {
  const values: string[] = []
  const seen = new Set<string>()
  const duplicates = new Map<string, string>()
  for (const part of text.split(/[\n\r,;\t]+/)) {
    const value = part.trim().replace(/^(["'])(.*)\1$/, '$2').trim()
    if (!value) continue
    const key = foldCode(value)
    if (seen.has(key)) duplicates.set(key, value)
    else values.push(value)
    seen.add(key)
  }
  return { values, duplicates: [...duplicates.values()] }
}
