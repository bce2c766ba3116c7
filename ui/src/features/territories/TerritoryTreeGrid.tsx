// How does the tree look and move? A virtual tree grid: arrows walk and fold it, Enter opens, every number leads on.
import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { useSession } from '@/api/session'
import { t } from '@/pure/words'
import { accountsHref } from '../accounts/filters'
import type { ChosenPlan } from './plans'
import classes from './Territories.module.css'
import { TerritoryTreeRow } from './TerritoryTreeRow'
import { stepTree, type Measure, type TreeRow } from './tree'

type TerritoryTreeGridProps = {
  readonly rows: readonly TreeRow[]
  readonly measure: Measure
  readonly chosen: ChosenPlan
  readonly onExpanded: (codes: readonly string[], isOpen: boolean) => void
}

const ROW_HEIGHT = 36
const COLUMNS = ['Territory', 'Owner', 'Accounts', 'Revenue', 'Open pipeline', 'Quota', 'Against siblings'] as const

export function TerritoryTreeGrid({ rows, measure, chosen, onExpanded }: TerritoryTreeGridProps) {
  const { organisation } = useSession()
  const [, navigate] = useLocation()
  const [activeCode, setActiveCode] = useState<string | null>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const found = rows.findIndex((row) => row.territory.code === activeCode)
  const active = Math.max(0, found)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    initialRect: { width: 900, height: 600 },
  })
  const items = virtual.getVirtualItems()
  const toggle = useCallback((row: TreeRow) => onExpanded([row.territory.code], !row.isExpanded), [onExpanded])
  useEffect(() => {
    if (found >= 0) virtual.scrollToIndex(found)
    // Only a new active row scrolls; opening a branch must not.
  }, [activeCode])

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.metaKey || event.ctrlKey || event.altKey) return
    const row = rows[active]
    if (!row) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2)
    const step = stepTree(event.key, rows, active, page)
    if (step?.kind === 'go') setActiveCode(rows[step.to]?.territory.code ?? null)
    else if (step) onExpanded(step.codes, step.isOpen)
    else if (event.key === 'Enter') navigate(chosen.link(`/territories/${encodeURIComponent(row.territory.code)}`))
    else if (event.key.toLowerCase() === 'a') navigate(accountsHref({ territory: row.territory.code }))
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  const isActiveShown = items.some((item) => item.index === active)

  return (
    <div
      ref={scroller}
      className={classes.treeScroller}
      role="treegrid"
      aria-label={t('Territories with their roll-ups')}
      aria-rowcount={rows.length + 1}
      aria-colcount={COLUMNS.length}
      aria-activedescendant={isActiveShown ? `territory-row-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div role="rowgroup" className={classes.treeHead}>
        <div role="row" aria-rowindex={1} className={classes.treeRow}>
          {COLUMNS.map((column, place) => (
            <div key={column} role="columnheader" className={place > 1 && place < 6 ? classes.end : ''}>
              {t(column)}
            </div>
          ))}
        </div>
      </div>
      <div role="rowgroup" className={classes.treeBody} style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index]!
          return (
            <TerritoryTreeRow
              key={row.territory.code}
              id={`territory-row-${item.index}`}
              row={row}
              index={item.index}
              top={item.start}
              isActive={item.index === active}
              measure={measure}
              currency={organisation.currency}
              href={chosen.link(`/territories/${encodeURIComponent(row.territory.code)}`)}
              onToggle={toggle}
              onActive={setActiveCode}
            />
          )
        })}
      </div>
    </div>
  )
}
