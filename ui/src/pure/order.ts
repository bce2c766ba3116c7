// In which order do two cells of a table stand? Numbers by size, text as people read it, nothing last.

export type Sortable = string | number | boolean | null | undefined

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

export function compareCells(a: Sortable, b: Sortable): number {
  const isEmptyA = a === null || a === undefined || a === ''
  const isEmptyB = b === null || b === undefined || b === ''
  if (isEmptyA || isEmptyB) return Number(isEmptyA) - Number(isEmptyB)
  if (typeof a === 'string' || typeof b === 'string') return collator.compare(String(a), String(b))
  return Number(a) - Number(b)
}

/** A sorted copy. Empty cells stay last in both directions, equal rows keep their order. */
export function sortRows<Row>(
  rows: readonly Row[],
  valueOf: (row: Row) => Sortable,
  isDescending: boolean,
): Row[] {
  const keyed = rows.map((row, place) => ({ row, place, value: valueOf(row) }))
  keyed.sort((x, y) => {
    const isEmptyX = x.value === null || x.value === undefined || x.value === ''
    const isEmptyY = y.value === null || y.value === undefined || y.value === ''
    const order = compareCells(x.value, y.value)
    const signed = isEmptyX || isEmptyY || !isDescending ? order : -order
    return signed || x.place - y.place
  })
  return keyed.map(({ row }) => row)
}
