// What was done, by whom, and does the proof hold? The signed log, its verification and its export.
import { $api, joinPages, KEYSET } from '@/api/client'
import { useSession } from '@/api/session'
import { DataTable, type Column } from '@/kit/DataTable'
import { FilterBar, type Filter } from '@/kit/FilterBar'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Page, PageHeader } from '@/kit/Page'
import { useView } from '@/kit/useView'
import { formatCount, formatMoment } from '@/pure/format'
import { t } from '@/pure/words'
import { BatchDrawer } from './BatchDrawer'
import { VerifyPanel } from './VerifyPanel'
import type { LogEntry } from './types'

const FILTERS: readonly Filter[] = [
  { key: 'deed', label: t('Deed'), kind: 'text' },
  { key: 'actor', label: t('By'), kind: 'text' },
  { key: 'account', label: t('Account id'), kind: 'number' },
  { key: 'from', label: t('From day (YYYY-MM-DD)'), kind: 'text' },
  { key: 'until', label: t('Until day (YYYY-MM-DD)'), kind: 'text' },
]

function listColumns(timeZone: string): readonly Column<LogEntry>[] {
  const now = new Date()
  return [
    { key: 'batch', header: t('Batch'), value: (entry) => entry.batch, align: 'end', width: 72, grow: 0, isSortable: false },
    {
      key: 'at',
      header: t('When'),
      value: (entry) => entry.signed_at,
      render: (entry) => formatMoment(entry.signed_at, now, timeZone),
      width: 190,
      isSortable: false,
    },
    { key: 'actor', header: t('By'), value: (entry) => entry.actor, width: 150, isSortable: false },
    { key: 'sentence', header: t('What was done'), value: (entry) => entry.sentence, width: 340, grow: 4, isSortable: false },
    {
      key: 'size',
      header: t('Signed facts'),
      value: (entry) => entry.size,
      render: (entry) => formatCount(entry.size),
      align: 'end',
      width: 110,
      grow: 0,
      isSortable: false,
    },
  ]
}

export default function AuditPage() {
  const [view, change] = useView()
  const { organisation } = useSession()
  const batch = view.get('batch') ? Number(view.get('batch')) : null
  const text = (key: string) => view.get(key) || undefined
  const query = $api.useInfiniteQuery(
    'get',
    '/api/v1/audit/log',
    {
      params: {
        query: {
          limit: 200,
          deed: text('deed'),
          actor: text('actor'),
          account: text('account') === undefined ? undefined : Number(text('account')),
          from: text('from'),
          until: text('until'),
        },
      },
    },
    KEYSET,
  )
  return (
    <Page layout="fill">
      <PageHeader
        title={t('Audit')}
        about={t('Every deed is signed when it is done. Anyone with the public key can check it, without this server.')}
      />
      <VerifyPanel />
      <FilterBar filters={FILTERS} />
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <DataTable
          label={t('Log')}
          columns={listColumns(organisation.time_zone)}
          {...joinPages(query)}
          rowKey={(entry) => String(entry.batch)}
          onRow={(entry) => change({ batch: entry.batch }, 'push')}
          empty={<EmptyState title={t('No deed matches')} next={t('Take a filter away to see more.')} />}
        />
      )}
      {batch !== null && <BatchDrawer batch={batch} onClose={() => change({ batch: null })} />}
    </Page>
  )
}
