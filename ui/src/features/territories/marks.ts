// Which characters of a text does a finding's line and column point at?
import type { Finding } from './types'

/** Line and column count from 1, as editors do. */
export type Mark = { readonly line: number; readonly column: number }

export function marksOf(findings: readonly Finding[]): Mark[] {
  return findings.flatMap(({ line, column }) => (line ? [{ line, column: column ?? 0 }] : []))
}

/** The place of a line and column in the text, kept inside it. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0
  for (let at = 1; at < line; at++) {
    const next = text.indexOf('\n', start)
    if (next < 0) return text.length
    start = next + 1
  }
  const end = text.indexOf('\n', start)
  return Math.min(start + Math.max(0, column - 1), end < 0 ? text.length : end)
}

/** From the place to the end of its word, or of the line when no column is known; at least one character. */
function rangeOf(text: string, { line, column }: Mark): readonly [number, number] {
  const from = offsetOf(text, line, Math.max(1, column))
  const lineEnd = text.indexOf('\n', from)
  const end = lineEnd < 0 ? text.length : lineEnd
  if (column === 0) return [from, end]
  const word = /^(?:\w+|"[^"\n]*"?|'[^'\n]*'?|\S)/.exec(text.slice(from, end))
  // A fault at the very end marks the character before it: there is nothing else to underline.
  if (!word) return [Math.max(0, from - 1), from]
  return [from, from + word[0].length]
}

export type MarkedPart = { readonly text: string; readonly isMarked: boolean }

/** The text in pieces, marked and not; overlapping marks join. */
export function markText(text: string, marks: readonly Mark[]): MarkedPart[] {
  const ranges = marks.map((mark) => rangeOf(text, mark)).sort((a, b) => a[0] - b[0])
  const parts: MarkedPart[] = []
  let at = 0
  for (const [from, to] of ranges) {
    const start = Math.max(at, from)
    if (to <= start) continue
    if (start > at) parts.push({ text: text.slice(at, start), isMarked: false })
    parts.push({ text: text.slice(start, to), isMarked: true })
    at = to
  }
  if (at < text.length) parts.push({ text: text.slice(at), isMarked: false })
  return parts
}
