// How are many rows compared? One virtual grid: 100,000 rows, sorting, selection, keyboard, more rows on demand.
import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { useLocation } from 'wouter'
import { sortRows, type Sortable } from '@/pure/order'
import { t } from '@/pure/words'
import classes from './DataTable.module.css'
import { HeaderRow, type Sort } from './DataTableHeader'
import { BodyRow } from './DataTableRow'
import { ColumnChooser, useHiddenColumns } from './ColumnChooser'
import { stepRow } from './rowKeys'

export type Column<Row> = {
  readonly key: string
  readonly header: string
  /** The plain value: what is sorted, exported and, without `render`, shown. */
  readonly value: (row: Row) => Sortable
  readonly render?: (row: Row) => ReactNode
  /** "end" for figures: right-aligned, tabular. */
  readonly align?: 'start' | 'end'
  /** Least width in pixels; spare room is shared in proportion to `grow` (0 keeps the width). */
  readonly width?: number
  readonly grow?: number
  /** false where the server cannot sort by it. */
  readonly isSortable?: boolean
  /** Starts hidden; the column chooser shows it. */
  readonly isHidden?: boolean
}

export type DataTableProps<Row> = {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** Enter or a click opens it. */
  readonly rowHref?: (row: Row) => string
  readonly onRow?: (row: Row) => void
  /** With `onSort` the server sorts and `sort` says how; without it the rows at hand are sorted here. */
  readonly sort?: Sort | null
  readonly onSort?: (sort: Sort) => void
  readonly selection?: ReadonlySet<string>
  readonly onSelection?: (selection: ReadonlySet<string>) => void
  /** Keyset pages: called when the end comes into sight. */
  readonly hasMore?: boolean
  readonly onMore?: () => void
  readonly isLoadingMore?: boolean
  /** All rows there are, if known; else the rows at hand count. */
  readonly total?: number
  readonly empty?: ReactNode
  /** "fill" takes the height of the parent; a number caps it in pixels. */
  readonly height?: 'fill' | number
  /** Remembers hidden columns under this name and shows the chooser. */
  readonly chooserName?: string
  /** Buttons beside the column chooser. */
  readonly tools?: ReactNode
}

const ROW_HEIGHT = 36

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { columns, rows, rowKey, rowHref, onRow, selection, onSelection, hasMore, onMore, height = 'fill' } = props
  const [localSort, setLocalSort] = useState<Sort | null>(props.sort ?? null)
  const [active, setActive] = useState(0)
  const [hidden, setHidden] = useHiddenColumns(props.chooserName, columns)
  const [, navigate] = useLocation()
  const scroller = useRef<HTMLDivElement>(null)
  const sort = props.onSort ? (props.sort ?? null) : localSort
  const shown = useMemo(() => columns.filter((column) => !hidden.has(column.key)), [columns, hidden])

  const ordered = useMemo(() => {
    const column = columns.find((candidate) => candidate.key === localSort?.key)
    return props.onSort || !localSort || !column ? rows : sortRows(rows, column.value, localSort.isDescending)
  }, [rows, columns, localSort, props.onSort])

  const virtual = useVirtualizer({
    count: ordered.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    initialRect: { width: 800, height: 600 },
  })
  const items = virtual.getVirtualItems()
  const lastSeen = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (hasMore && !props.isLoadingMore && lastSeen >= ordered.length - 20) onMore?.()
  }, [hasMore, props.isLoadingMore, lastSeen, ordered.length, onMore])

  const open = useCallback(
    (row: Row) => (onRow ? onRow(row) : rowHref ? navigate(rowHref(row)) : undefined),
    [onRow, rowHref, navigate],
  )
  const toggle = useCallback(
    (row: Row) => {
      if (!onSelection) return
      const next = new Set(selection)
      if (!next.delete(rowKey(row))) next.add(rowKey(row))
      onSelection(next)
    },
    [onSelection, selection, rowKey],
  )
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.target !== event.currentTarget) return
    const row = ordered[active]
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2)
    const next = stepRow(event.key, active, ordered.length, page)
    if (next !== null) {
      setActive(next)
      virtual.scrollToIndex(next)
    } else if (event.key === 'Enter' && row) open(row)
    else if (event.key === ' ' && row && onSelection) toggle(row)
    else return
    event.preventDefault()
  }
  const idOf = (index: number) => `${props.label.replace(/\W+/g, '-')}-row-${index}`
  const template = shown
    .map((column) => (column.grow === 0 ? `${column.width ?? 96}px` : `minmax(${column.width ?? 96}px, ${column.grow ?? 1}fr)`))
    .join(' ')
  const leastWidth = shown.reduce((sum, column) => sum + (column.width ?? 96), onSelection ? 52 : 16)
  const grid = { gridTemplateColumns: onSelection ? `36px ${template}` : template, minWidth: leastWidth }
  const isActiveShown = items.some((item) => item.index === active)
  const changeSort = (next: Sort) => (props.onSort ?? setLocalSort)(next)

  return (
    <div className={`${classes.frame} ${height === 'fill' ? classes.fillFrame : ''}`}>
      {(props.chooserName || props.tools) && (
        <div className={classes.tools}>
          <span className="soft small figures" aria-live="polite">
            {props.total !== undefined && props.total > ordered.length
              ? t('{shown} of {total} rows', { shown: ordered.length, total: props.total })
              : t('{n, plural, one {# row} other {# rows}}', { n: ordered.length })}
          </span>
          <span className={classes.toolButtons}>
            {props.tools}
            {props.chooserName && <ColumnChooser columns={columns} hidden={hidden} onHidden={setHidden} />}
          </span>
        </div>
      )}
      <div
        ref={scroller}
        className={classes.scroller}
        style={height === 'fill' ? undefined : { maxHeight: height }}
        role="grid"
        aria-label={props.label}
        aria-rowcount={(props.total ?? ordered.length) + 1}
        aria-colcount={shown.length + (onSelection ? 1 : 0)}
        aria-multiselectable={onSelection ? true : undefined}
        aria-activedescendant={isActiveShown ? idOf(active) : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <HeaderRow columns={shown} grid={grid} sort={sort} onSort={changeSort} hasSelection={!!onSelection} />
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const row = ordered[item.index]!
            return (
              <BodyRow
                key={rowKey(row)}
                id={idOf(item.index)}
                row={row}
                index={item.index}
                top={item.start}
                columns={shown}
                grid={grid}
                href={rowHref?.(row)}
                isActive={item.index === active}
                isSelected={selection?.has(rowKey(row))}
                onOpen={onRow || rowHref ? open : undefined}
                onToggle={onSelection ? toggle : undefined}
                onActive={setActive}
              />
            )
          })}
        </div>
        {ordered.length === 0 && !props.isLoadingMore && <EmptyRow>{props.empty}</EmptyRow>}
        {props.isLoadingMore && <div className={classes.more}>{t('Loading more rows…')}</div>}
      </div>
    </div>
  )
}

/** A grid may hold rows only; so the notice of an empty table is one. */
function EmptyRow({ children }: { readonly children: ReactNode }) {
  return (
    <div role="row">
      <div role="gridcell">{children ?? <div className={classes.more}>{t('No rows.')}</div>}</div>
    </div>
  )
}
