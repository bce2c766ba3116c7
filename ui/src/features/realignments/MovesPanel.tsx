// Exactly which accounts and deals change hands, from whom to whom, and why?
import { Tabs } from '@mantine/core'
import { $api, joinPages, KEYSET } from '@/api/client'
import { useSession } from '@/api/session'
import { CsvExport } from '@/kit/Buttons'
import { DataTable, type Column } from '@/kit/DataTable'
import { NamedChange } from '@/kit/NamedChange'
import { ErrorState } from '@/kit/Notice'
import { Section } from '@/kit/Page'
import { formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import type { DealMove, Move, Realignment } from './types'

const MOVE_COLUMNS: readonly Column<Move>[] = [
  { key: 'account', header: t('Account'), value: (move) => move.account.name, width: 200, grow: 2, isSortable: false },
  {
    key: 'owner',
    header: t('Owner'),
    value: (move) => move.to_rep?.name ?? '',
    render: (move) => <NamedChange from={move.from_rep} to={move.to_rep} nobody={t('nobody')} />,
    width: 240,
    grow: 2,
    isSortable: false,
  },
  {
    key: 'territory',
    header: t('Territory'),
    value: (move) => move.to_territory?.name ?? '',
    render: (move) => <NamedChange from={move.from_territory} to={move.to_territory} nobody={t('unassigned')} />,
    width: 240,
    grow: 2,
    isSortable: false,
  },
  { key: 'layer', header: t('Layer'), value: (move) => move.layer, width: 80, grow: 0, isSortable: false },
  { key: 'reason', header: t('Why'), value: (move) => move.reason, width: 260, grow: 3, isSortable: false },
]

export function MovesPanel({ realignment }: { readonly realignment: Realignment }) {
  const path = `/api/v1/realignments/${realignment.id}/moves.csv`
  return (
    <Section title={t('Moves')} aside={<CsvExport href={path} />}>
      <Tabs defaultValue="accounts" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="accounts">{t('Accounts ({n})', { n: realignment.move_count })}</Tabs.Tab>
          <Tabs.Tab value="deals">{t('Open deals ({n})', { n: realignment.deal_move_count })}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="accounts" pt="sm">
          <MoveTable id={realignment.id} total={realignment.move_count} />
        </Tabs.Panel>
        <Tabs.Panel value="deals" pt="sm">
          <DealTable id={realignment.id} total={realignment.deal_move_count} />
        </Tabs.Panel>
      </Tabs>
    </Section>
  )
}

function MoveTable({ id, total }: { readonly id: number; readonly total: number }) {
  const query = $api.useInfiniteQuery('get', '/api/v1/realignments/{realignment_id}/moves', { params: { path: { realignment_id: id }, query: { limit: 200 } } }, KEYSET)
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return (
    <DataTable
      label={t('Accounts that move')}
      columns={MOVE_COLUMNS}
      {...joinPages(query)}
      total={total}
      rowKey={(move) => `${move.account.id}-${move.layer}`}
      rowHref={(move) => `/accounts/${move.account.id}`}
      height={480}
    />
  )
}

function DealTable({ id, total }: { readonly id: number; readonly total: number }) {
  const { organisation } = useSession()
  const query = $api.useInfiniteQuery('get', '/api/v1/realignments/{realignment_id}/deals', { params: { path: { realignment_id: id }, query: { limit: 200 } } }, KEYSET)
  const columns: readonly Column<DealMove>[] = [
    { key: 'deal', header: t('Deal'), value: (row) => row.deal.name, width: 220, grow: 2, isSortable: false },
    { key: 'account', header: t('Account'), value: (row) => row.deal.account_name, width: 180, grow: 2, isSortable: false },
    {
      key: 'amount',
      header: t('Amount'),
      value: (row) => row.deal.amount_minor,
      render: (row) => formatMoney(row.deal.amount_minor, organisation.currency),
      align: 'end',
      width: 120,
      grow: 0,
      isSortable: false,
    },
    {
      key: 'owner',
      header: t('Owner'),
      value: (row) => row.to_rep.name,
      render: (row) => <NamedChange from={row.from_rep} to={row.to_rep} nobody={t('nobody')} />,
      width: 240,
      grow: 2,
      isSortable: false,
    },
  ]
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  return (
    <DataTable
      label={t('Open deals that change hands')}
      columns={columns}
      {...joinPages(query)}
      total={total}
      rowKey={(row) => String(row.deal.id)}
      rowHref={(row) => `/accounts/${row.deal.account_id}`}
      height={480}
      empty={<p className="soft">{t('No open deal changes hands.')}</p>}
    />
  )
}
