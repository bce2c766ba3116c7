// Which accounts does nobody have, which territory came nearest, and how are they placed?
import { Button, SegmentedControl } from '@mantine/core'
import { IconRoute } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useMay, useSession } from '@/api/session'
import { CsvExport } from '@/kit/Buttons'
import { DataTable } from '@/kit/DataTable'
import { FilterBar, type Filter } from '@/kit/FilterBar'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Page } from '@/kit/Page'
import { useView } from '@/kit/useView'
import { t } from '@/pure/words'
import { minorPerUnit } from '../accounts/filters'
import { useTerritoryTree } from '../territories/reading'
import { PlaceDialog } from './PlaceDialog'
import { useUnassigned, type QueueQuery } from './reading'
import { RoutingHeader } from './RoutingHeader'
import { unassignedColumns } from './unassignedColumns'

const FILTERS: readonly { readonly key: string; readonly label: string; readonly kind: Filter['kind'] }[] = [
  { key: 'country', label: 'Country code', kind: 'text' },
  { key: 'state', label: 'State code', kind: 'text' },
  { key: 'industry', label: 'Industry code begins with', kind: 'text' },
  { key: 'segment', label: 'Segment', kind: 'text' },
  { key: 'status', label: 'Status', kind: 'text' },
  { key: 'min_employees', label: 'Employees at least', kind: 'number' },
  { key: 'min_revenue', label: 'Revenue at least', kind: 'number' },
]
const FIRST_SORT = '-revenue'

export function readQueueQuery(view: URLSearchParams, perUnit: number): QueueQuery {
  const query: Record<string, string | number> = { sort: view.get('sort') ?? FIRST_SORT }
  for (const key of ['q', 'layer', ...FILTERS.map((filter) => filter.key)]) {
    const value = view.get(key)
    if (!value) continue
    query[key] = key === 'min_revenue' ? Math.round(Number(value) * perUnit) : key === 'min_employees' ? Number(value) : value
  }
  return query
}

export default function UnassignedPage() {
  const { currency } = useSession().organisation
  const mayPropose = useMay('propose')
  const [view, change] = useView()
  const query = useMemo(() => readQueueQuery(view, minorPerUnit(currency)), [view, currency])
  const queue = useUnassigned(query)
  const columns = useMemo(() => unassignedColumns(currency), [currency])
  const layers = useTerritoryTree('active').data?.layers ?? []
  const layer = layers.find((one) => one.code === view.get('layer')) ?? layers.find((one) => one.role === 'primary')
  const [selection, setSelection] = useState<ReadonlySet<string>>(new Set())
  const [isPlacing, setIsPlacing] = useState(false)
  const picked = queue.rows.filter((row) => selection.has(String(row.id)))
  const sort = String(query.sort)
  const isFiltered = FILTERS.some(({ key }) => view.has(key)) || view.has('q')
  return (
    <Page layout="fill">
      <RoutingHeader
        about={
          queue.answer.isLoading
            ? t('Loading…')
            : queue.total === undefined
              ? t('Accounts that no territory claims')
              : t('{n, plural, =0 {Every account has a territory} one {# account that no territory claims} other {# accounts that no territory claims}}', { n: queue.total })
        }
      />
      <FilterBar filters={FILTERS.map((one) => ({ ...one, label: t(one.label) }))} searchKey="q" searchLabel={t('Search by name, id or city')}>
        {layers.length > 1 && layer && (
          <SegmentedControl
            size="xs"
            aria-label={t('Layer')}
            data={layers.map(({ code }) => code)}
            value={layer.code}
            onChange={(code) => {
              setSelection(new Set())
              change({ layer: layers.find((one) => one.code === code)?.role === 'primary' ? null : code })
            }}
          />
        )}
      </FilterBar>
      {queue.answer.error ? (
        <ErrorState error={queue.answer.error} onRetry={() => void queue.answer.refetch()} />
      ) : (
        <DataTable
          label={t('Unassigned accounts')}
          columns={columns}
          rows={queue.rows}
          rowKey={(row) => String(row.id)}
          rowHref={(row) => `/accounts/${row.id}${layer && layer.role !== 'primary' ? `?layer=${encodeURIComponent(layer.code)}` : ''}`}
          sort={{ key: sort.replace('-', ''), isDescending: sort.startsWith('-') }}
          onSort={(next) => {
            const wanted = `${next.isDescending ? '-' : ''}${next.key}`
            change({ sort: wanted === FIRST_SORT ? null : wanted })
          }}
          selection={mayPropose ? selection : undefined}
          onSelection={mayPropose ? setSelection : undefined}
          hasMore={queue.hasMore}
          onMore={queue.onMore}
          isLoadingMore={queue.isLoadingMore}
          total={queue.total}
          chooserName="unassigned"
          tools={
            <>
              {picked.length > 0 && (
                <Button size="compact-sm" onClick={() => setIsPlacing(true)}>
                  {t('Place {n, plural, one {# account} other {# accounts}}…', { n: picked.length })}
                </Button>
              )}
              <CsvExport href={exportHref(query)} />
            </>
          }
          empty={
            <EmptyState
              icon={<IconRoute size={28} aria-hidden="true" />}
              title={isFiltered ? t('No unassigned account fits these filters') : t('Nothing waits here')}
              next={isFiltered ? t('Take a filter away, or search for something else.') : t('Every account you may see has a territory in this layer.')}
            />
          }
        />
      )}
      {isPlacing && <PlaceDialog accounts={picked} layer={layer?.code} onClose={() => setIsPlacing(false)} />}
    </Page>
  )
}

function exportHref(query: QueueQuery): string {
  const params = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))
  return `/api/v1/routing/unassigned.csv?${params.toString()}`
}
