// What stands over the columns? Their names, and the order they are sorted in.
import type { CSSProperties } from 'react'
import type { Column } from './DataTable'
import classes from './DataTable.module.css'
import { t } from '@/pure/words'

export type Sort = { readonly key: string; readonly isDescending: boolean }

type HeaderRowProps<Row> = {
  readonly columns: readonly Column<Row>[]
  readonly grid: CSSProperties
  readonly sort: Sort | null
  readonly onSort: (sort: Sort) => void
  readonly hasSelection: boolean
}

export function HeaderRow<Row>({ columns, grid, sort, onSort, hasSelection }: HeaderRowProps<Row>) {
  return (
    <div role="rowgroup" className={classes.head} style={{ minWidth: grid.minWidth }}>
      <div role="row" aria-rowindex={1} className={classes.row} style={grid}>
        {hasSelection && (
          <div role="columnheader">
            <span className="visually-hidden">{t('Selected')}</span>
          </div>
        )}
        {columns.map((column) => {
          const isSorted = sort?.key === column.key
          const mark = !isSorted ? '' : sort.isDescending ? '↓' : '↑'
          return (
            <div
              key={column.key}
              role="columnheader"
              className={column.align === 'end' ? classes.end : ''}
              aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined}
            >
              {column.isSortable === false ? (
                <span className={classes.plainHead}>{column.header}</span>
              ) : (
                <button
                  type="button"
                  className={classes.sort}
                  onClick={() =>
                    onSort({
                      key: column.key,
                      isDescending: isSorted ? !sort.isDescending : column.align === 'end',
                    })
                  }
                >
                  {column.header}
                  {mark && <span aria-hidden="true"> {mark}</span>}
                </button>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}
