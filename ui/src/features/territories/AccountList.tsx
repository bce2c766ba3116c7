// Which accounts are where they should not be, where do they belong, and shall they move there?
import { Button } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { useMay, useSession } from '@/api/session'
import { CsvExport } from '@/kit/Buttons'
import { DataTable, type Column } from '@/kit/DataTable'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import { exportHref } from '../accounts/filters'
import { MoveAccountsDialog } from '../accounts/MoveAccounts'
import { useAccounts } from '../accounts/reading'
import type { AccountRow } from '../accounts/types'

const EMPTY = {
  unassigned: {
    title: 'Every account is assigned',
    next: 'No account is without a territory. New ones that no rule claims appear here.',
  },
  misplaced: {
    title: 'Every account is where it belongs',
    next: 'An account appears here when its data says it belongs to another territory than its owner’s.',
  },
} as const

export function AccountList({ list }: { readonly list: keyof typeof EMPTY }) {
  const { currency } = useSession().organisation
  const mayPropose = useMay('propose')
  const [sort, setSort] = useState<string>('name')
  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set())
  const [isMoving, setIsMoving] = useState(false)
  const accounts = useAccounts({ list, sort })
  const columns = useMemo(() => columnsOf(list, currency), [list, currency])
  const picked = accounts.rows.filter((row) => selection.has(String(row.id)))

  if (accounts.answer.error) return <ErrorState error={accounts.answer.error} onRetry={() => void accounts.answer.refetch()} />
  return (
    <>
      <DataTable
        label={t(list === 'unassigned' ? 'Unassigned accounts' : 'Misplaced accounts')}
        columns={columns}
        rows={accounts.rows}
        rowKey={(row) => String(row.id)}
        rowHref={(row) => `/accounts/${row.id}`}
        sort={{ key: sort.replace('-', ''), isDescending: sort.startsWith('-') }}
        onSort={(next) => setSort(`${next.isDescending ? '-' : ''}${next.key}`)}
        selection={mayPropose ? selection : undefined}
        onSelection={mayPropose ? setSelection : undefined}
        hasMore={accounts.hasMore}
        onMore={accounts.onMore}
        isLoadingMore={accounts.isLoadingMore}
        total={accounts.total}
        chooserName={`territories.${list}`}
        empty={<EmptyState title={t(EMPTY[list].title)} next={t(EMPTY[list].next)} />}
        tools={
          <>
            {picked.length > 0 && (
              <Button size="compact-sm" onClick={() => setIsMoving(true)}>
                {t('Propose moving {n, plural, one {# account} other {# accounts}}…', { n: picked.length })}
              </Button>
            )}
            {mayPropose && picked.length === 0 && accounts.rows.length > 0 && (
              <Button
                size="compact-sm"
                variant="subtle"
                onClick={() => setSelection(new Set(accounts.rows.map((row) => String(row.id))))}
              >
                {t('Select {n, plural, one {# row} other {all # rows}}', { n: accounts.rows.length })}
              </Button>
            )}
            {picked.length > 0 && (
              <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setSelection(new Set())}>
                {t('Clear the selection')}
              </Button>
            )}
            <CsvExport href={exportHref(accounts.query)} />
          </>
        }
      />
      {isMoving && <MoveAccountsDialog accounts={picked} onClose={() => setIsMoving(false)} />}
    </>
  )
}

function columnsOf(list: keyof typeof EMPTY, currency: string): Column<AccountRow>[] {
  const place: Column<AccountRow> = {
    key: 'place',
    header: t('Place'),
    value: (row) => [row.city, row.state, row.country].filter(Boolean).join(', '),
    isSortable: false,
    grow: 1.4,
    width: 150,
  }
  const belongs: Column<AccountRow>[] = [
    {
      key: 'belongs',
      header: t('Belongs to'),
      value: (row) => row.misplaced?.belongs_to.map((territory) => territory.name).join(', '),
      render: (row) =>
        row.misplaced?.belongs_to.map((territory, place) => (
          <span key={territory.code}>
            {place > 0 && ', '}
            <Link href={`/territories/${encodeURIComponent(territory.code)}`}>{territory.name}</Link>
          </span>
        )),
      isSortable: false,
      grow: 1.6,
      width: 160,
    },
    { key: 'reason', header: t('Why'), value: (row) => row.misplaced?.reason, isSortable: false, grow: 2.4, width: 220, isHidden: true },
  ]
  return [
    { key: 'name', header: t('Account'), value: (row) => row.name, grow: 2, width: 180 },
    place,
    { key: 'owner', header: t('Owner'), value: (row) => row.owner.name, isSortable: false, grow: 1.2, width: 130 },
    ...(list === 'misplaced'
      ? belongs
      : [{ key: 'industry', header: t('Industry'), value: (row: AccountRow) => row.industry, isSortable: false, width: 90 }]),
    {
      key: 'revenue',
      header: t('Revenue'),
      align: 'end',
      value: (row) => row.annual_revenue_minor,
      render: (row) => (row.annual_revenue_minor === null ? '–' : formatMoney(row.annual_revenue_minor, currency, 'short')),
      grow: 0.8,
      width: 90,
    },
    { key: 'open_deals', header: t('Open deals'), align: 'end', value: (row) => row.open_deals, isSortable: false, width: 90, grow: 0.6 },
  ]
}
