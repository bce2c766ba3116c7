// Which columns does the user want to see? Remembered on this machine, per table.
import { Button, Checkbox, Popover } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import { useState } from 'react'
import { t } from '@/pure/words'
import type { Column } from './DataTable'
import classes from './DataTable.module.css'

function startHidden<Row>(name: string | undefined, columns: readonly Column<Row>[]): ReadonlySet<string> {
  const stored = name ? localStorage.getItem(`columns.${name}`) : null
  if (stored !== null) return new Set(stored.split(' ').filter(Boolean))
  return new Set(columns.filter((column) => column.isHidden).map((column) => column.key))
}

export function useHiddenColumns<Row>(name: string | undefined, columns: readonly Column<Row>[]) {
  const [hidden, setHidden] = useState(() => startHidden(name, columns))
  const store = (next: ReadonlySet<string>) => {
    if (name) localStorage.setItem(`columns.${name}`, [...next].join(' '))
    setHidden(next)
  }
  return [hidden, store] as const
}

type ColumnChooserProps<Row> = {
  readonly columns: readonly Column<Row>[]
  readonly hidden: ReadonlySet<string>
  readonly onHidden: (hidden: ReadonlySet<string>) => void
}

export function ColumnChooser<Row>({ columns, hidden, onHidden }: ColumnChooserProps<Row>) {
  const toggle = (key: string) => {
    const next = new Set(hidden)
    if (!next.delete(key)) next.add(key)
    if (next.size < columns.length) onHidden(next)
  }
  return (
    <Popover position="bottom-end" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconColumns3 size={16} aria-hidden="true" />}>
          {t('Columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('Columns')}>
        <div className={classes.chooser}>
          {columns.map((column) => (
            <Checkbox
              key={column.key}
              size="xs"
              label={column.header}
              checked={!hidden.has(column.key)}
              onChange={() => toggle(column.key)}
            />
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
