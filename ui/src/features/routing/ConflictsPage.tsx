// Which accounts do several territories claim, and what decided between them?
import { SegmentedControl } from '@mantine/core'
import { Link } from 'wouter'
import { useMemo } from 'react'
import { DataTable, type Column } from '@/kit/DataTable'
import { FilterBar } from '@/kit/FilterBar'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Page } from '@/kit/Page'
import { StatusBadge } from '@/kit/StatusBadge'
import { useView } from '@/kit/useView'
import { t } from '@/pure/words'
import { describeCause } from '../accounts/filters'
import { useTerritoryTree } from '../territories/reading'
import { useConflicts, type ConflictKind } from './reading'
import { RoutingHeader } from './RoutingHeader'
import type { ConflictRow } from './types'

export default function ConflictsPage() {
  const [view, change] = useView()
  const kind: ConflictKind = view.get('kind') === 'several' ? 'several' : 'ties'
  const layers = useTerritoryTree('active').data?.layers ?? []
  const layer = view.get('layer') ?? layers.find((one) => one.role === 'primary')?.code
  const conflicts = useConflicts(kind, view.get('layer') ?? undefined)
  const columns = useMemo(conflictColumns, [])
  return (
    <Page layout="fill">
      <RoutingHeader
        about={
          kind === 'ties'
            ? t('Accounts where only the place in the tree or the order of codes decided. Give one of the territories a higher priority.')
            : t('Accounts that more than one territory claims; class, priority or specificity settled most of them.')
        }
      />
      <FilterBar filters={[]}>
        {layers.length > 1 && layer && (
          <SegmentedControl
            size="xs"
            aria-label={t('Layer')}
            data={layers.map(({ code }) => code)}
            value={layer}
            onChange={(code) => change({ layer: layers.find((one) => one.code === code)?.role === 'primary' ? null : code })}
          />
        )}
        <SegmentedControl
          size="xs"
          aria-label={t('Show')}
          data={[
            { value: 'ties', label: t('Ties') },
            { value: 'several', label: t('Several claims') },
          ]}
          value={kind}
          onChange={(next) => change({ kind: next === 'ties' ? null : next })}
        />
      </FilterBar>
      {conflicts.answer.error ? (
        <ErrorState error={conflicts.answer.error} onRetry={() => void conflicts.answer.refetch()} />
      ) : (
        <DataTable
          label={t('Conflicts')}
          columns={columns}
          rows={conflicts.rows}
          rowKey={(row) => String(row.id)}
          rowHref={(row) => `/accounts/${row.id}${view.get('layer') ? `?layer=${encodeURIComponent(view.get('layer')!)}` : ''}`}
          hasMore={conflicts.hasMore}
          onMore={conflicts.onMore}
          isLoadingMore={conflicts.isLoadingMore}
          chooserName="conflicts"
          empty={
            <EmptyState
              title={kind === 'ties' ? t('No account is decided by a tie') : t('No account has more than one claim')}
              next={t('Conflicts between rules that no account shows yet are found by checking the plan, in Territories.')}
            />
          }
        />
      )}
    </Page>
  )
}

function conflictColumns(): Column<ConflictRow>[] {
  return [
    { key: 'name', header: t('Account'), value: (row) => row.name, width: 180, grow: 1.6, isSortable: false },
    { key: 'place', header: t('Place'), value: (row) => [row.city, row.state, row.country].filter(Boolean).join(', '), width: 130, isSortable: false },
    {
      key: 'territory',
      header: t('Goes to'),
      value: (row) => row.territory?.name,
      render: (row) =>
        row.territory ? (
          <Link href={`/territories/${encodeURIComponent(row.territory.code)}`} tabIndex={-1}>{row.territory.name}</Link>
        ) : (
          '–'
        ),
      width: 140,
      grow: 1.2,
      isSortable: false,
    },
    {
      key: 'cause',
      header: t('Because of'),
      value: (row) => describeCause(row.cause),
      render: (row) => (
        <>
          {describeCause(row.cause)} {row.tie && <StatusBadge tone="accent">{t('tie')}</StatusBadge>}
        </>
      ),
      width: 120,
      isSortable: false,
    },
    {
      key: 'rivals',
      header: t('Also claimed by'),
      value: (row) => row.rivals.map((rival) => rival.name).join(', '),
      render: (row) => row.rivals.map((rival) => rival.name).join(', ') || '–',
      width: 170,
      grow: 1.5,
      isSortable: false,
    },
    {
      key: 'decided',
      header: t('What decided'),
      value: (row) => row.rivals[0]?.lost_because,
      width: 240,
      grow: 2.2,
      isSortable: false,
    },
    { key: 'claims', header: t('Other claims'), align: 'end', value: (row) => row.other_claims, width: 96, grow: 0.4, isSortable: false },
    { key: 'owner', header: t('Owner'), value: (row) => row.owner.name, width: 130, isSortable: false, isHidden: true },
  ]
}
