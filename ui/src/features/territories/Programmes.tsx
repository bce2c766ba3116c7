// Which territories carve accounts out of which, over the whole plan? The programmes first; with rules, everything.
import { Checkbox, Select, Skeleton } from '@mantine/core'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { useSession } from '@/api/session'
import { DataTable, type Column } from '@/kit/DataTable'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { useView } from '@/kit/useView'
import { formatCount, formatMoney } from '@/pure/format'
import { t } from '@/pure/words'
import { accountsHref } from '../accounts/filters'
import type { ChosenPlan } from './plans'
import { useProgrammes } from './reading'
import classes from './Territories.module.css'
import type { CarvePair, Layer } from './types'
import { describeWays } from './ways'

type ProgrammesProps = { readonly chosen: ChosenPlan; readonly layers: readonly Layer[] }

export function Programmes({ chosen, layers }: ProgrammesProps) {
  const { currency } = useSession().organisation
  const [view, change] = useView()
  const layer = view.get('layer')
  const withRules = view.get('rules') === '1'
  const found = useProgrammes(chosen.param, layer, withRules)
  const isLive = found.data?.is_live ?? false
  const columns = useMemo(() => columnsOf(chosen.link, isLive, currency), [chosen.link, isLive, currency])
  if (found.error) return <ErrorState error={found.error} onRetry={() => void found.refetch()} />
  return (
    <div className={classes.treePanel}>
      <div className={classes.toolbar}>
        <Checkbox
          label={t('Also what only rules decide')}
          checked={withRules}
          onChange={(event) => change({ rules: event.currentTarget.checked ? '1' : null })}
        />
        {layers.length > 1 && (
          <Select
            aria-label={t('Layer')}
            data={layers.map(({ code }) => code)}
            value={layer ?? found.data?.layer ?? null}
            onChange={(next) => change({ layer: next })}
            allowDeselect={false}
          />
        )}
      </div>
      {found.data ? (
        <DataTable
          label={t('Carve-outs of the plan')}
          columns={columns}
          rows={found.data.pairs}
          rowKey={(pair) => JSON.stringify([pair.territory, pair.base])}
          sort={{ key: 'accounts', isDescending: true }}
          total={found.data.count}
          chooserName="territories.carve-outs"
          tools={found.data.count > found.data.pairs.length && <span className="soft small">{t('The largest {n} are shown', { n: formatCount(found.data.pairs.length) })}</span>}
          empty={
            <EmptyState
              title={t('No programme carves anything out')}
              next={t('A territory that names accounts, or holds them by locks, appears here with each territory that would have them otherwise.')}
            />
          }
        />
      ) : (
        <div role="status" aria-label={t('Deciding the accounts without each territory…')}>
          <Skeleton height={260} />
        </div>
      )}
    </div>
  )
}

function columnsOf(link: ChosenPlan['link'], isLive: boolean, currency: string): Column<CarvePair>[] {
  const place = (code: string, name: string) => (
    <Link href={link(`/territories/${encodeURIComponent(code)}`, { tab: 'carve-outs' })}>{name}</Link>
  )
  const count = (pair: CarvePair) =>
    isLive ? <Link href={listOf(pair)}>{formatCount(pair.accounts)}</Link> : formatCount(pair.accounts)
  return [
    { key: 'territory', header: t('Territory'), value: (pair) => pair.name, render: (pair) => place(pair.territory, pair.name), width: 200, grow: 2 },
    { key: 'base', header: t('Takes from'), value: (pair) => pair.base_name, render: (pair) => place(pair.base, pair.base_name), width: 200, grow: 2 },
    { key: 'accounts', header: t('Accounts'), value: (pair) => pair.accounts, render: count, align: 'end', width: 100 },
    { key: 'revenue', header: t('Revenue'), value: (pair) => pair.revenue_minor, render: (pair) => formatMoney(pair.revenue_minor, currency, 'short'), align: 'end', width: 110 },
    { key: 'deals', header: t('Open deals'), value: (pair) => pair.open_deals, render: (pair) => formatCount(pair.open_deals), align: 'end', width: 110 },
    { key: 'pipeline', header: t('Open pipeline'), value: (pair) => pair.pipeline_minor, render: (pair) => formatMoney(pair.pipeline_minor, currency, 'short'), align: 'end', width: 120 },
    { key: 'ways', header: t('Held because of'), value: describeWays, width: 180, grow: 1 },
  ]
}

function listOf(pair: CarvePair): string {
  return accountsHref({
    territory: pair.territory,
    own: pair.is_branch ? '' : '1',
    base: pair.base,
    base_own: pair.is_base_branch ? '' : '1',
  })
}
