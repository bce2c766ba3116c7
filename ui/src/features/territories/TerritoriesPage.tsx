// How is the market divided? The tree with its roll-ups, and the accounts that are where they should not be.
import { Tabs } from '@mantine/core'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { EmptyState, ErrorState } from '@/kit/Notice'
import { Page, PageHeader } from '@/kit/Page'
import { useView } from '@/kit/useView'
import { t } from '@/pure/words'
import { ExceptionBadge, useExceptionRates } from '../locks/ExceptionGauge'
import { AccountList } from './AccountList'
import { DraftBar } from './DraftBar'
import { NewTerritoryButton } from './NewTerritory'
import { useChosenPlan } from './plans'
import { Programmes } from './Programmes'
import { useTerritoryTree } from './reading'
import classes from './Territories.module.css'
import { TreePanel } from './TreePanel'

const TABS = ['tree', 'unassigned', 'misplaced', 'carve-outs'] as const

export default function TerritoriesPage() {
  const chosen = useChosenPlan()
  const [view, change] = useView()
  const tree = useTerritoryTree(chosen.param)
  const tab = TABS.find((one) => one === view.get('tab')) ?? 'tree'
  const vacancies = useMemo(() => tree.data?.territories.filter((row) => row.is_vacant).length ?? 0, [tree.data])
  const count = tree.data?.territories.length

  return (
    <Page layout="fill">
      <PageHeader
        title={t('Territories')}
        about={
          count !== undefined && (
            <>
              {t('{n, plural, one {# territory} other {# territories}}', { n: count })}
              {vacancies > 0 && (
                <>
                  {' · '}
                  <button type="button" className={classes.linkButton} onClick={() => change({ tab: null, q: null, vacant: '1' })}>
                    {t('{n, plural, one {# vacant seat} other {# vacant seats}}', { n: vacancies })}
                  </button>
                </>
              )}
              <Exceptions />
            </>
          )
        }
        actions={chosen.isEditable && chosen.plan && <NewTerritoryButton planId={chosen.plan.id} tree={tree.data} />}
      />
      <DraftBar chosen={chosen} />
      <Tabs
        value={tab}
        onChange={(next) => change({ tab: next === 'tree' ? null : next })}
        className={classes.tabs}
        keepMounted={false}
      >
        <Tabs.List aria-label={t('What to look at')}>
          <Tabs.Tab value="tree">{t('Tree')}</Tabs.Tab>
          <Tabs.Tab value="unassigned">{t('Unassigned accounts')}</Tabs.Tab>
          <Tabs.Tab value="misplaced">{t('Misplaced accounts')}</Tabs.Tab>
          <Tabs.Tab value="carve-outs">{t('Carve-outs')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="tree" className={classes.panel}>
          {tree.error ? (
            <ErrorState error={tree.error} onRetry={() => void tree.refetch()} />
          ) : tree.data?.territories.length === 0 ? (
            <EmptyState
              title={t('No territories yet')}
              next={t('Import them with your accounts, or open a draft and add the first one.')}
            />
          ) : (
            <TreePanel tree={tree.data} chosen={chosen} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="unassigned" className={classes.panel}>
          <AccountList list="unassigned" />
        </Tabs.Panel>
        <Tabs.Panel value="misplaced" className={classes.panel}>
          <AccountList list="misplaced" />
        </Tabs.Panel>
        <Tabs.Panel value="carve-outs" className={classes.panel}>
          <Programmes chosen={chosen} layers={tree.data?.layers ?? []} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

/** How many accounts locks hold instead of the plan. */
function Exceptions() {
  const rates = useExceptionRates()
  if (!rates.data) return null
  return (
    <>
      {' · '}
      <Link href="/locks">
        <ExceptionBadge rate={rates.data} />
      </Link>
    </>
  )
}
