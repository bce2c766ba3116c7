// What is told of each account that nobody has? Who came nearest, what fails, what would place it.
import { Link } from 'wouter'
import type { Column } from '@/kit/DataTable'
import { formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import { fieldsOf, tryHref, UNNAMED } from './record'
import type { NearMiss, UnassignedRow } from './types'

export function unassignedColumns(currency: string): Column<UnassignedRow>[] {
  const money = (minor: number | null) => (minor === null ? '–' : formatMoney(minor, currency, 'short'))
  return [
    { key: 'name', header: t('Account'), value: (row) => row.name, width: 170, grow: 1.6 },
    { key: 'place', header: t('Place'), value: placeOf, width: 130, grow: 1, isSortable: false },
    {
      key: 'revenue',
      header: t('Revenue'),
      align: 'end',
      value: (row) => row.annual_revenue_minor,
      render: (row) => money(row.annual_revenue_minor),
      width: 84,
      grow: 0.3,
    },
    {
      key: 'pipeline',
      header: t('Pipeline'),
      align: 'end',
      value: (row) => row.pipeline_minor,
      render: (row) => (row.pipeline_minor ? money(row.pipeline_minor) : '–'),
      width: 84,
      grow: 0.3,
      isSortable: false,
    },
    {
      key: 'nearest',
      header: t('Nearest territory'),
      value: (row) => orderNearest(row)[0]?.name,
      render: (row) => <Nearest row={row} />,
      width: 150,
      grow: 1.2,
      isSortable: false,
    },
    { key: 'fails', header: t('What is in the way'), value: tellRow, render: (row) => <span title={tellRow(row)}>{tellRow(row)}</span>, width: 240, grow: 2.4, isSortable: false },
    {
      key: 'placing',
      header: t('Data that would place it'),
      value: (row) => row.placing?.changes.map((change) => change.field).join(),
      render: (row) => <PlacingCell row={row} />,
      width: 180,
      grow: 1.5,
      isSortable: false,
    },
    { key: 'owner', header: t('Kept by'), value: (row) => row.owner.name, width: 130, grow: 0.8, isSortable: false, isHidden: true },
    { key: 'industry', header: t('Industry'), value: (row) => row.industry, width: 84, grow: 0.4, isSortable: false, isHidden: true },
    { key: 'external_id', header: t('Id'), value: (row) => row.external_id, width: 90, grow: 0.5, isSortable: false, isHidden: true },
  ]
}

function placeOf(row: UnassignedRow): string {
  return [row.city, row.state, row.country].filter(Boolean).join(', ')
}

/** A roll-up covers the account and cannot have it: what can is told before it. */
function orderNearest(row: UnassignedRow): NearMiss[] {
  return [...row.nearest].sort((a, b) => Number(a.kind === 'unassignable') - Number(b.kind === 'unassignable'))
}

function tellRow(row: UnassignedRow): string {
  if (row.waits_for) return t('nothing: it belongs there by its data now, and waits for a realignment')
  const [first] = orderNearest(row)
  return first ? tellMiss(first) : t('nothing is near')
}

/** One line for the first thing that stands in the way. */
export function tellMiss(miss: NearMiss): string {
  const [first, ...more] = miss.conditions
  if (!first) return miss.reason
  const rest = more.length > 0 ? ` ${t('and {n} more', { n: more.length })}` : ''
  return `${t('{value}; wanted: {condition}', { condition: first.sentence, value: first.value ?? '' })}${rest}`
}

function Nearest({ row }: { readonly row: UnassignedRow }) {
  const [first, ...more] = row.waits_for ? [{ territory: row.waits_for.code, name: row.waits_for.name }] : orderNearest(row)
  if (!first) return <span className="soft">–</span>
  const others = more.map((miss) => miss.name).join(', ')
  return (
    <span title={others ? t('then {others}', { others }) : undefined}>
      <Link href={`/territories/${encodeURIComponent(first.territory)}`} tabIndex={-1}>{first.name}</Link>
    </span>
  )
}

function PlacingCell({ row }: { readonly row: UnassignedRow }) {
  if (row.waits_for) return <Link href="/realignments" tabIndex={-1}>{t('see realignments')}</Link>
  if (!row.placing) return <span className="soft">{t('none: lock or name it')}</span>
  const words = row.placing.changes.map((change) => `${change.field.replaceAll('_', ' ')}: ${tellValue(change.after)}`).join(', ')
  const href = tryHref({ account: row.id, whynot: row.placing.territory, fields: fieldsOf(row.placing.changes) })
  return (
    <Link href={href} tabIndex={-1} title={t('Try it')}>
      {words}
    </Link>
  )
}

/** A value as it would have to be, in words. */
export function tellValue(value: string | null): string {
  if (value === null) return t('empty')
  return value === UNNAMED ? t('a value no rule names') : value.replaceAll('|', ', ')
}
