// Which changes of ownership are proposed, waiting, done or refused?
import { SegmentedControl } from '@mantine/core'
import { IconArrowsExchange } from '@tabler/icons-react'
import { Link } from 'wouter'
import { $api, joinPages, KEYSET } from '@/api/client'
import { useSession } from '@/api/session'
import { DataTable, type Column } from '@/kit/DataTable'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Page, PageHeader } from '@/kit/Page'
import { StatusBadge } from '@/kit/StatusBadge'
import { useView } from '@/kit/useView'
import { formatCount, formatMoment } from '@/pure/format'
import { t } from '@/pure/words'
import { WaitingNote } from '../waiting/WaitingNote'
import { nameKind, nameStatus, toneOf, type RealignmentRow, type Status } from './types'

const SHOWN: readonly { readonly value: string; readonly label: string }[] = [
  { value: '', label: 'All' },
  { value: 'proposed', label: 'Waiting for approval' },
  { value: 'approved', label: 'Approved' },
  { value: 'executed', label: 'Executed' },
  { value: 'stale', label: 'Overtaken' },
]

function listColumns(timeZone: string): readonly Column<RealignmentRow>[] {
  const now = new Date()
  return [
    { key: 'title', header: t('Realignment'), value: (row) => row.title, width: 260, grow: 3, isSortable: false },
    {
      key: 'status',
      header: t('State'),
      value: (row) => row.status,
      render: (row) => <StatusBadge tone={toneOf(row.status)}>{nameStatus(row.status)}</StatusBadge>,
      width: 200,
      isSortable: false,
    },
    { key: 'kind', header: t('Kind'), value: (row) => nameKind(row.kind), width: 150, isSortable: false },
    {
      key: 'moves',
      header: t('Moves'),
      value: (row) => row.move_count,
      render: (row) => formatCount(row.move_count),
      align: 'end',
      width: 80,
      grow: 0,
      isSortable: false,
    },
    {
      key: 'deals',
      header: t('Open deals'),
      value: (row) => row.deal_move_count,
      render: (row) => formatCount(row.deal_move_count),
      align: 'end',
      width: 96,
      grow: 0,
      isSortable: false,
    },
    { key: 'by', header: t('Proposed by'), value: (row) => row.proposed_by, width: 140, isSortable: false },
    {
      key: 'at',
      header: t('Last step'),
      value: (row) => row.executed_at ?? row.proposed_at,
      render: (row) => formatMoment(row.executed_at ?? row.proposed_at, now, timeZone),
      width: 190,
      isSortable: false,
    },
  ]
}

export default function RealignmentsPage() {
  const [view, change] = useView()
  const { organisation } = useSession()
  const status = view.get('status') ?? ''
  const query = $api.useInfiniteQuery(
    'get',
    '/api/v1/realignments',
    { params: { query: { limit: 100, ...(status && { status: status as Status }) } } },
    KEYSET,
  )
  const pages = joinPages(query)
  return (
    <Page layout="fill">
      <PageHeader
        title={t('Realignments')}
        about={t('Every change of ownership: proposed with its impact, approved, executed at once, proved, undone if need be.')}
      />
      <SegmentedControl
        aria-label={t('Show')}
        value={status}
        onChange={(value) => change({ status: value })}
        data={SHOWN.map((choice) => ({ value: choice.value, label: t(choice.label) }))}
        style={{ alignSelf: 'start', maxWidth: '100%', overflowX: 'auto' }}
      />
      <WaitingNote />
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <DataTable
          label={t('Realignments')}
          columns={listColumns(organisation.time_zone)}
          {...pages}
          rowKey={(row) => String(row.id)}
          rowHref={(row) => `/realignments/${row.id}`}
          empty={<NothingHere isFiltered={status !== ''} />}
        />
      )}
    </Page>
  )
}

function NothingHere({ isFiltered }: { readonly isFiltered: boolean }) {
  return (
    <EmptyState
      icon={<IconArrowsExchange size={28} aria-hidden="true" />}
      title={isFiltered ? t('No realignment is in this state') : t('Nothing has moved yet')}
      next={
        <>
          {t('Start one from')} <Link href="/territories">{t('a draft plan or a handover in Territories')}</Link>{' '}
          {t('or by selecting rows in')} <Link href="/accounts">{t('Accounts')}</Link>.
        </>
      }
    />
  )
}
