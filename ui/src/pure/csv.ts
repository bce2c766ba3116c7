// How do rows become a CSV file that opens safely in a spreadsheet?

export type CsvCell = string | number | boolean | null | undefined

/** One field, quoted where needed. Text that a spreadsheet would run as a formula gets a leading apostrophe. */
export function writeCsvCell(cell: CsvCell): string {
  if (cell === null || cell === undefined) return ''
  if (typeof cell !== 'string') return String(cell)
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** A header line and one line per row, CRLF between them as RFC 4180 asks. */
export function writeCsv(header: readonly string[], rows: Iterable<readonly CsvCell[]>): string {
  const lines = [header.map(writeCsvCell).join(',')]
  for (const row of rows) lines.push(row.map(writeCsvCell).join(','))
  return lines.join('\r\n') + '\r\n'
}
