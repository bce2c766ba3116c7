// What is being sold to this account, and what is being done with it?
import { useSession } from '@/api/session'
import { DataTable, type Column } from '@/kit/DataTable'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { StatusBadge } from '@/kit/StatusBadge'
import { formatDate, formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import { useActivities, useDeals } from './reading'
import type { Activity, Deal } from './types'

const OUTCOMES = { open: 'accent', won: 'ok', lost: 'plain' } as const
const HEIGHT = 440

function showDate(value: string | null) {
  return value ? formatDate(value) : '–'
}

const DEALS: Column<Deal>[] = [
  { key: 'name', header: t('Deal'), value: (row) => row.name, grow: 2, width: 160 },
  {
    key: 'stage',
    header: t('Stage'),
    value: (row) => row.stage,
    render: (row) => <StatusBadge tone={OUTCOMES[row.outcome]}>{row.stage}</StatusBadge>,
    width: 120,
  },
  {
    key: 'amount',
    header: t('Amount'),
    align: 'end',
    value: (row) => row.amount_minor,
    render: (row) => formatMoney(row.amount_minor, row.currency),
    width: 110,
    grow: 0.8,
  },
  {
    key: 'close',
    header: t('Closes'),
    value: (row) => row.closed_on ?? row.close_on,
    render: (row) => showDate(row.closed_on ?? row.close_on),
    width: 110,
    grow: 0.7,
  },
  { key: 'owner', header: t('Owner'), value: (row) => row.owner.name, width: 130 },
]

export function DealsTab({ id }: { readonly id: number }) {
  const deals = useDeals(id)
  if (deals.answer.error) return <ErrorState error={deals.answer.error} onRetry={() => void deals.answer.refetch()} />
  return (
    <DataTable
      label={t('Deals')}
      columns={DEALS}
      rows={deals.rows}
      rowKey={(row) => String(row.id)}
      hasMore={deals.hasMore}
      onMore={deals.onMore}
      isLoadingMore={deals.isLoadingMore}
      height={HEIGHT}
      empty={<EmptyState title={t('No deals')} next={t('Deals are imported from the CRM and appear here.')} />}
    />
  )
}

function activityColumns(today: string): Column<Activity>[] {
  return [
    { key: 'subject', header: t('Activity'), value: (row) => row.subject, grow: 2, width: 160 },
    { key: 'kind', header: t('Kind'), value: (row) => row.kind, width: 90, grow: 0.6 },
    {
      key: 'due',
      header: t('Due'),
      value: (row) => row.due_on,
      render: (row) =>
        row.due_on && !row.done_on && row.due_on < today ? (
          <StatusBadge tone="warn">{t('overdue, {date}', { date: formatDate(row.due_on) })}</StatusBadge>
        ) : (
          showDate(row.due_on)
        ),
      width: 130,
    },
    { key: 'done', header: t('Done'), value: (row) => row.done_on, render: (row) => showDate(row.done_on), width: 110, grow: 0.7 },
    { key: 'rep', header: t('Rep'), value: (row) => row.rep.name, width: 130 },
  ]
}

export function ActivitiesTab({ id }: { readonly id: number }) {
  const { today } = useSession()
  const activities = useActivities(id)
  if (activities.answer.error) {
    return <ErrorState error={activities.answer.error} onRetry={() => void activities.answer.refetch()} />
  }
  return (
    <DataTable
      label={t('Activities')}
      columns={activityColumns(today)}
      rows={activities.rows}
      rowKey={(row) => String(row.id)}
      hasMore={activities.hasMore}
      onMore={activities.onMore}
      isLoadingMore={activities.isLoadingMore}
      height={HEIGHT}
      empty={<EmptyState title={t('No activities')} next={t('Calls, meetings and tasks with this account appear here.')} />}
    />
  )
}
