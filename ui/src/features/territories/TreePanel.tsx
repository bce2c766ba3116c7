// Which part of the tree is in sight? Layer, search, what is compared; all kept in the URL.
import { Button, SegmentedControl, Select, Skeleton, TextInput } from '@mantine/core'
import { IconSearch, IconX } from '@tabler/icons-react'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { EmptyState } from '@/kit/Notice'
import { useShortcuts } from '@/kit/Shortcuts'
import { useView } from '@/kit/useView'
import { t } from '@/pure/words'
import type { ChosenPlan } from './plans'
import classes from './Territories.module.css'
import { TerritoryTreeGrid } from './TerritoryTreeGrid'
import { indexTerritories, keepVacant, listTreeRows, searchTree, startExpanded, type Measure } from './tree'
import type { TerritoryTree } from './types'

const MEASURES: readonly { value: Measure; label: string }[] = [
  { value: 'accounts', label: 'Accounts' },
  { value: 'revenue_minor', label: 'Revenue' },
  { value: 'pipeline_minor', label: 'Pipeline' },
  { value: 'quota_minor', label: 'Quota' },
]

export function TreePanel({ tree, chosen }: { readonly tree: TerritoryTree | undefined; readonly chosen: ChosenPlan }) {
  const [view, change] = useView()
  const [words, setWords] = useState(view.get('q') ?? '')
  const search = useRef<HTMLInputElement>(null)
  const sought = useDeferredValue(words)
  const layer = view.get('layer') ?? tree?.layers[0]?.code ?? null
  const measure = MEASURES.find((one) => one.value === view.get('by'))?.value ?? 'accounts'
  const isVacantOnly = view.has('vacant')

  const index = useMemo(() => indexTerritories(tree?.territories ?? [], layer), [tree, layer])
  const [expanded, setExpanded] = useState<ReadonlySet<string> | null>(null)
  const opened = useMemo(() => expanded ?? startExpanded(index), [expanded, index])
  const kept = useMemo(
    () => (isVacantOnly ? keepVacant(index) : searchTree(index, sought)),
    [index, sought, isVacantOnly],
  )
  const rows = useMemo(() => listTreeRows(index, opened, kept, measure), [index, opened, kept, measure])

  useEffect(() => {
    if (sought !== (new URLSearchParams(window.location.search).get('q') ?? '')) change({ q: sought })
  }, [sought, change])
  useShortcuts(t('Territories'), [
    { keys: 'f', label: t('Find a territory'), run: () => search.current?.focus() },
    { keys: '+', label: t('Open every branch'), run: () => setExpanded(new Set(index.childrenOf.keys())) },
    { keys: '-', label: t('Close every branch'), run: () => setExpanded(new Set()) },
  ])

  if (!tree) return <TreeSkeleton />
  return (
    <div className={classes.treePanel}>
      <div className={classes.toolbar}>
        <TextInput
          ref={search}
          type="search"
          aria-label={t('Find a territory by name, code or owner')}
          placeholder={t('Find a territory')}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          className={classes.search}
        />
        {isVacantOnly && (
          <Button
            variant="light"
            size="compact-sm"
            rightSection={<IconX size={14} aria-hidden="true" />}
            onClick={() => change({ vacant: null })}
          >
            {t('Vacant only')}
          </Button>
        )}
        {tree.layers.length > 1 && (
          <SegmentedControl
            aria-label={t('Layer')}
            size="xs"
            data={tree.layers.map((one) => ({ value: one.code, label: one.code }))}
            value={layer ?? ''}
            onChange={(next) => {
              setExpanded(null)
              change({ layer: next === tree.layers[0]?.code ? null : next })
            }}
          />
        )}
        <Select
          aria-label={t('Compare siblings by')}
          size="sm"
          w={170}
          leftSection={<span className="small soft">{t('by')}</span>}
          data={MEASURES.map(({ value, label }) => ({ value, label: t(label) }))}
          value={measure}
          allowDeselect={false}
          onChange={(next) => change({ by: next === 'accounts' ? null : next })}
        />
        <span className={`${classes.hint} small soft`}>{t('→ opens a branch, ← closes it, Enter opens the territory, A its accounts')}</span>
      </div>
      {rows.length === 0 ? (
        <EmptyState
          title={t('No territory fits')}
          next={t('Nothing in this layer has “{words}” in its name, code or owner.', { words: sought })}
          action={
            <Button variant="default" onClick={() => { setWords(''); change({ q: null, vacant: null }) }}>
              {t('Show all territories')}
            </Button>
          }
        />
      ) : (
        <TerritoryTreeGrid
          rows={rows}
          measure={measure}
          chosen={chosen}
          onExpanded={(codes, isOpen) => {
            const next = new Set(opened)
            for (const code of codes) if (isOpen) next.add(code); else next.delete(code)
            setExpanded(next)
          }}
        />
      )}
    </div>
  )
}

function TreeSkeleton() {
  return (
    <div className={classes.treePanel} role="status" aria-label={t('Loading the territories…')}>
      {Array.from({ length: 12 }, (_, place) => (
        <Skeleton key={place} height={20} ml={(place % 4) * 16} width={`${90 - (place % 4) * 12}%`} my={8} />
      ))}
    </div>
  )
}
