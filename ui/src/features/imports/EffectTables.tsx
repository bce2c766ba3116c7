// Which groups of accounts move together, which account exactly, and where do new ones begin?
import { $api, joinPages, KEYSET } from '@/api/client'
import { useSession } from '@/api/session'
import { DataTable, type Column } from '@/kit/DataTable'
import { NamedChange } from '@/kit/NamedChange'
import { ErrorState } from '@/kit/Notice'
import { formatCount, formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import type { EffectFlow, EffectLanding, EffectMove, ImportEffect } from './effect'

type Way = Pick<EffectFlow, 'layer' | 'from_territory' | 'to_territory' | 'from_rep' | 'to_rep'>
type Amount = 'revenue_minor' | 'pipeline_minor'

const LAYER = { key: 'layer', header: t('Layer'), value: (row: { readonly layer: string }) => row.layer, width: 88, grow: 0 }
const WAY: readonly Column<Way>[] = [
  LAYER,
  {
    key: 'territory',
    header: t('Territory'),
    value: (row) => row.to_territory?.name ?? '',
    render: (row) => <NamedChange from={row.from_territory} to={row.to_territory} nobody={t('unassigned')} />,
    width: 260,
    grow: 3,
  },
  {
    key: 'owner',
    header: t('Owner'),
    value: (row) => row.to_rep?.name ?? '',
    render: (row) => <NamedChange from={row.from_rep} to={row.to_rep} nobody={t('nobody')} />,
    width: 240,
    grow: 3,
  },
]
const DEALS: Column<{ readonly open_deals: number }> = {
  key: 'deals',
  header: t('Open deals'),
  value: (row) => row.open_deals,
  render: (row) => formatCount(row.open_deals),
  align: 'end',
  width: 96,
  grow: 0,
}
const ACCOUNTS: Column<{ readonly accounts: number }> = {
  key: 'accounts',
  header: t('Accounts'),
  value: (row) => row.accounts,
  render: (row) => formatCount(row.accounts),
  align: 'end',
  width: 96,
  grow: 0,
}

function useMoneyColumn(): <Key extends Amount>(key: Key, header: string) => Column<Readonly<Record<Key, number>>> {
  const { currency } = useSession().organisation
  return (key, header) => ({ key, header, value: (row) => row[key], render: (row) => formatMoney(row[key], currency, 'short'), align: 'end', width: 120, grow: 0 })
}

export function EffectFlows({ effect }: { readonly effect: ImportEffect }) {
  const money = useMoneyColumn()
  const columns: readonly Column<EffectFlow>[] = [...WAY, ACCOUNTS, DEALS, money('pipeline_minor', t('Open pipeline')), money('revenue_minor', t('Annual revenue'))]
  return (
    <>
      <DataTable
        label={t('From where to where')}
        columns={columns}
        rows={effect.flows}
        rowKey={(row) => [row.layer, row.from_territory?.code, row.to_territory?.code, row.from_rep?.id, row.to_rep?.id].join(' ')}
        height={420}
      />
      <More count={effect.more_flows} />
    </>
  )
}

export function EffectLandings({ effect }: { readonly effect: ImportEffect }) {
  const money = useMoneyColumn()
  const columns: readonly Column<EffectLanding>[] = [
    LAYER,
    { key: 'territory', header: t('Territory'), value: (row) => row.territory?.name ?? t('unassigned'), width: 220, grow: 3 },
    { key: 'owner', header: t('Owner'), value: (row) => row.rep?.name ?? t('nobody'), width: 180, grow: 2 },
    ACCOUNTS,
    money('revenue_minor', t('Annual revenue')),
  ]
  return (
    <>
      <DataTable
        label={t('Where new accounts begin')}
        columns={columns}
        rows={effect.landings}
        rowKey={(row) => [row.layer, row.territory?.code, row.rep?.id].join(' ')}
        height={420}
      />
      <More count={effect.more_landings} />
    </>
  )
}

function More({ count }: { readonly count: number }) {
  return count > 0 ? <p className="soft small">{t('and {n, plural, one {# smaller group} other {# smaller groups}}', { n: count })}</p> : null
}

export function EffectMoves({ id, total }: { readonly id: number; readonly total: number }) {
  const money = useMoneyColumn()
  const query = $api.useInfiniteQuery('get', '/api/v1/imports/{import_id}/effect/moves', { params: { path: { import_id: id }, query: { limit: 200 } } }, KEYSET)
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  const columns: readonly Column<EffectMove>[] = [
    { key: 'account', header: t('Account'), value: (row) => row.account.name, width: 200, grow: 2 },
    ...WAY,
    DEALS,
    money('pipeline_minor', t('Open pipeline')),
  ]
  return (
    <DataTable
      label={t('Accounts that move')}
      columns={columns.map((column) => ({ ...column, isSortable: false }))}
      {...joinPages(query)}
      total={total}
      rowKey={(row) => `${row.account.id}-${row.layer}`}
      rowHref={(row) => `/accounts/${row.account.id}`}
      height={460}
    />
  )
}
