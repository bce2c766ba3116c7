// Which accounts are there? A table for a hundred thousand rows; what is filtered and sorted stands in the URL.
import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useMay, useSession } from '@/api/session'
import { CsvExport } from '@/kit/Buttons'
import { DataTable } from '@/kit/DataTable'
import { FilterBar, type Filter } from '@/kit/FilterBar'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Page, PageHeader } from '@/kit/Page'
import { useShortcuts } from '@/kit/Shortcuts'
import { useView } from '@/kit/useView'
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'
import { useReps, useTerritoryTree } from '../territories/reading'
import { accountColumns } from './columns'
import { CAUSES, exportHref, FILTER_KEYS, LISTS, readFilters } from './filters'
import { MoveAccountsDialog } from './MoveAccounts'
import { useAccounts } from './reading'
import { SavedFilters } from './SavedFilters'

/** The server counts no further; beyond it says that it did not count. */
const COUNTED = 10_000

export default function AccountsPage() {
  const { currency } = useSession().organisation
  const mayEdit = useMay('edit_accounts')
  const mayPropose = useMay('propose')
  const [, navigate] = useLocation()
  const [view, change] = useView()
  const filters = useMemo(() => readFilters(view), [view])
  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set())
  const [isMoving, setIsMoving] = useState(false)
  const accounts = useAccounts(filters)
  const choices = useFilterChoices()
  const columns = useMemo(() => accountColumns(currency), [currency])
  const picked = accounts.rows.filter((row) => selection.has(String(row.id)))
  const sort = filters.sort ?? 'name'
  const isFiltered = FILTER_KEYS.some((key) => filters[key])
  useShortcuts(t('Accounts'), mayEdit ? [{ keys: 'n', label: t('New account'), run: () => navigate('/accounts/new') }] : [])

  return (
    <Page layout="fill">
      <PageHeader
        title={t('Accounts')}
        about={
          accounts.answer.isLoading
            ? t('Loading…')
            : accounts.total !== undefined
              ? t('{n, plural, one {# account} other {# accounts}}', { n: accounts.total })
              : t('more than {n} accounts', { n: COUNTED })
        }
        actions={
          mayEdit && (
            <Button component={Link} href="/accounts/new" leftSection={<IconPlus size={16} aria-hidden="true" />}>
              {t('New account')}
            </Button>
          )
        }
      />
      <FilterBar filters={choices} searchKey="q" searchLabel={t('Search by name, id or city')}>
        <SavedFilters />
      </FilterBar>
      {accounts.answer.error ? (
        <ErrorState error={accounts.answer.error} onRetry={() => void accounts.answer.refetch()} />
      ) : (
        <DataTable
          label={t('Accounts')}
          columns={columns}
          rows={accounts.rows}
          rowKey={(row) => String(row.id)}
          rowHref={(row) => `/accounts/${row.id}`}
          sort={{ key: sort.replace('-', ''), isDescending: sort.startsWith('-') }}
          onSort={(next) => {
            const wanted = `${next.isDescending ? '-' : ''}${next.key}`
            change({ sort: wanted === 'name' ? null : wanted })
          }}
          selection={mayPropose ? selection : undefined}
          onSelection={mayPropose ? setSelection : undefined}
          hasMore={accounts.hasMore}
          onMore={accounts.onMore}
          isLoadingMore={accounts.isLoadingMore}
          total={accounts.total}
          chooserName="accounts"
          tools={
            <>
              {picked.length > 0 && (
                <>
                  <Button size="compact-sm" onClick={() => setIsMoving(true)}>
                    {t('Propose moving {n, plural, one {# account} other {# accounts}}…', { n: picked.length })}
                  </Button>
                  <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setSelection(new Set())}>
                    {t('Clear the selection')}
                  </Button>
                </>
              )}
              {mayPropose && isFiltered && picked.length === 0 && accounts.rows.length > 0 && !accounts.hasMore && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  onClick={() => setSelection(new Set(accounts.rows.map((row) => String(row.id))))}
                >
                  {t('Select all {n}', { n: formatCount(accounts.rows.length) })}
                </Button>
              )}
              <CsvExport href={exportHref(accounts.query)} />
            </>
          }
          empty={
            isFiltered ? (
              <EmptyState
                title={t('No account fits these filters')}
                next={t('Take a filter away, or search for something else.')}
                action={
                  <Button variant="default" onClick={() => change(Object.fromEntries(FILTER_KEYS.map((key) => [key, null])))}>
                    {t('Show all accounts')}
                  </Button>
                }
              />
            ) : (
              <EmptyState title={t('No accounts yet')} next={t('Import them from files, or create the first one.')} />
            )
          }
        />
      )}
      {isMoving && <MoveAccountsDialog accounts={picked} onClose={() => setIsMoving(false)} />}
    </Page>
  )
}

function useFilterChoices(): Filter[] {
  const tree = useTerritoryTree('active').data
  const reps = useReps().data
  return useMemo(() => {
    const territories = tree?.territories.map((row) => ({ value: row.code, label: `${row.name} (${row.code})` })) ?? []
    const owners = reps?.map((rep) => ({ value: String(rep.id), label: rep.name })) ?? []
    const said = (choices: readonly { value: string; label: string }[]) =>
      choices.map(({ value, label }) => ({ value, label: t(label) }))
    return [
      { key: 'territory', label: t('Territory'), kind: 'choice', choices: territories },
      { key: 'own', label: t('Without branches below'), kind: 'flag' },
      { key: 'base', label: t('Carved out of'), kind: 'choice', choices: territories },
      { key: 'base_own', label: t('Of that one alone'), kind: 'flag' },
      { key: 'owner', label: t('Owner'), kind: 'choice', choices: owners },
      { key: 'list', label: t('Only those'), kind: 'choice', choices: said(LISTS) },
      { key: 'cause', label: t('Because of'), kind: 'choice', choices: said(CAUSES) },
      { key: 'tie', label: t('Decided in a tie'), kind: 'flag' },
      { key: 'country', label: t('Country code'), kind: 'text' },
      { key: 'state', label: t('State code'), kind: 'text' },
      { key: 'industry', label: t('Industry code begins with'), kind: 'text' },
      { key: 'segment', label: t('Segment'), kind: 'text' },
      { key: 'status', label: t('Status'), kind: 'text' },
      { key: 'min_employees', label: t('Employees at least'), kind: 'number' },
      { key: 'max_employees', label: t('Employees at most'), kind: 'number' },
      { key: 'min_revenue', label: t('Revenue at least'), kind: 'number' },
      { key: 'max_revenue', label: t('Revenue at most'), kind: 'number' },
      ...(tree && tree.layers.length > 1
        ? [{ key: 'layer', label: t('Layer'), kind: 'choice' as const, choices: tree.layers.map(({ code }) => ({ value: code, label: code })) }]
        : []),
    ]
  }, [tree, reps])
}
