// How is one row drawn? Memoised, so that scrolling redraws only the rows that come into sight.
import { memo, type CSSProperties } from 'react'
import { Link } from 'wouter'
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'
import type { Column } from './DataTable'
import classes from './DataTable.module.css'

type BodyRowProps<Row> = {
  readonly id: string
  readonly row: Row
  readonly index: number
  readonly top: number
  readonly columns: readonly Column<Row>[]
  readonly grid: CSSProperties
  readonly href?: string
  readonly isActive: boolean
  readonly isSelected?: boolean
  readonly onOpen?: (row: Row) => void
  readonly onToggle?: (row: Row) => void
  readonly onActive: (index: number) => void
}

function showCell<Row>(column: Column<Row>, row: Row) {
  if (column.render) return column.render(row)
  const value = column.value(row)
  if (value === null || value === undefined || value === '') return <span className={classes.none}>–</span>
  return typeof value === 'number' ? formatCount(value) : typeof value === 'boolean' ? t(value ? 'yes' : 'no') : value
}

function DrawRow<Row>(props: BodyRowProps<Row>) {
  const { row, columns, href, isActive, isSelected, onOpen, onToggle } = props
  return (
    <div
      role="row"
      id={props.id}
      aria-rowindex={props.index + 2}
      aria-selected={onToggle ? !!isSelected : undefined}
      data-active={isActive || undefined}
      className={`${classes.row} ${classes.body} ${onOpen ? classes.opens : ''}`}
      style={{ ...props.grid, transform: `translateY(${props.top}px)` }}
      onClick={(event) => {
        props.onActive(props.index)
        if (onOpen && !(event.target as HTMLElement).closest('a, button, input, label')) onOpen(row)
      }}
    >
      {onToggle && (
        <div role="gridcell" className={classes.check}>
          <input
            type="checkbox"
            tabIndex={-1}
            checked={!!isSelected}
            onChange={() => onToggle(row)}
            aria-label={t('Select row {n}', { n: props.index + 1 })}
          />
        </div>
      )}
      {columns.map((column, place) => (
        <div key={column.key} role="gridcell" className={column.align === 'end' ? classes.end : ''}>
          {place === 0 && href ? (
            <Link href={href} tabIndex={-1} className={classes.link}>
              {showCell(column, row)}
            </Link>
          ) : (
            showCell(column, row)
          )}
        </div>
      ))}
    </div>
  )
}

export const BodyRow = memo(DrawRow) as typeof DrawRow
