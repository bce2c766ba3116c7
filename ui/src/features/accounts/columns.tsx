// Which facts of an account can be compared in a table?
import { Link } from 'wouter'
import type { Column } from '@/kit/DataTable'
import { StatusBadge } from '@/kit/StatusBadge'
import { formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import { describeCause } from './filters'
import type { AccountRow } from './types'

/** The server sorts by these; the key is what it calls them. */
export function accountColumns(currency: string): Column<AccountRow>[] {
  const money = (minor: number | null) => (minor === null ? '–' : formatMoney(minor, currency, 'short'))
  return [
    { key: 'name', header: t('Account'), value: (row) => row.name, width: 190, grow: 2 },
    { key: 'external_id', header: t('Id'), value: (row) => row.external_id, width: 90, grow: 0.6, isHidden: true },
    { key: 'city', header: t('City'), value: (row) => row.city, width: 110 },
    { key: 'state', header: t('State'), value: (row) => row.state, width: 64, grow: 0.4 },
    { key: 'country', header: t('Country'), value: (row) => row.country, width: 76, grow: 0.4 },
    {
      key: 'territory',
      header: t('Territory'),
      value: (row) => row.territory?.name,
      render: (row) =>
        row.territory ? (
          <Link href={`/territories/${encodeURIComponent(row.territory.code)}`} tabIndex={-1}>{row.territory.name}</Link>
        ) : (
          <StatusBadge tone="warn">{t('unassigned')}</StatusBadge>
        ),
      isSortable: false,
      width: 140,
      grow: 1.3,
    },
    { key: 'owner', header: t('Owner'), value: (row) => row.owner.name, isSortable: false, width: 130, grow: 1.2 },
    {
      key: 'cause',
      header: t('Because of'),
      value: (row) => describeCause(row.cause),
      render: (row) => <CauseCell row={row} />,
      isSortable: false,
      width: 130,
    },
    { key: 'industry', header: t('Industry'), value: (row) => row.industry, width: 84, grow: 0.5, isHidden: true },
    { key: 'segment', header: t('Segment'), value: (row) => row.segment, width: 100, grow: 0.7, isHidden: true },
    { key: 'status', header: t('Status'), value: (row) => row.status, width: 90, grow: 0.6, isHidden: true },
    { key: 'employees', header: t('Employees'), align: 'end', value: (row) => row.employees, width: 96, grow: 0.6, isHidden: true },
    {
      key: 'revenue',
      header: t('Revenue'),
      align: 'end',
      value: (row) => row.annual_revenue_minor,
      render: (row) => money(row.annual_revenue_minor),
      width: 90,
      grow: 0.6,
    },
    { key: 'open_deals', header: t('Open deals'), align: 'end', value: (row) => row.open_deals, isSortable: false, width: 92, grow: 0.5, isHidden: true },
    {
      key: 'pipeline',
      header: t('Pipeline'),
      align: 'end',
      value: (row) => row.pipeline_minor,
      render: (row) => (row.pipeline_minor ? money(row.pipeline_minor) : '–'),
      isSortable: false,
      width: 90,
      grow: 0.6,
    },
  ]
}

function CauseCell({ row }: { readonly row: AccountRow }) {
  if (row.misplaced) {
    return (
      <span title={row.misplaced.reason}>
        <StatusBadge tone="warn">{t('misplaced')}</StatusBadge>
      </span>
    )
  }
  return (
    <>
      {describeCause(row.cause)}
      {row.tie && (
        <>
          {' '}
          <StatusBadge tone="accent">{t('tie')}</StatusBadge>
        </>
      )}
    </>
  )
}
