// What must be even, and how even? One line per measure; yes/no fields are spread, figures balanced.
import { ActionIcon, Button, NumberInput, Select } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { t } from '@/pure/words'
import { useFields } from '../territories/reading'
import classes from './Design.module.css'
import type { MeasureRow } from './question'

export type MeasureChoice = { readonly value: string; readonly label: string; readonly kind: MeasureRow['kind'] }

/** What can be shared out: standard figures, and the organisation's own fields that are figures or yes/no. */
export function useMeasureChoices(): readonly MeasureChoice[] {
  const fields = useFields('active')
  const own = (fields.data ?? [])
    .filter((field) => (field.type === 'number' && !STANDARD.has(field.name)) || field.type === 'boolean')
    .map((field): MeasureChoice => ({
      value: field.name,
      label: field.label,
      kind: field.type === 'boolean' ? 'spread' : 'balance',
    }))
  return [
    { value: 'count', label: t('Number of accounts'), kind: 'balance' },
    { value: 'annual_revenue', label: t('Annual revenue'), kind: 'balance' },
    { value: 'pipeline', label: t('Open pipeline'), kind: 'balance' },
    { value: 'employees', label: t('Employees'), kind: 'balance' },
    ...own,
  ]
}

/** Number fields that are listed above, or are no work to share out. */
const STANDARD = new Set(['annual_revenue', 'employees', 'latitude', 'longitude'])

type MeasureFieldsProps = {
  readonly rows: readonly MeasureRow[]
  readonly onRows: (rows: readonly MeasureRow[]) => void
}

export function MeasureFields({ rows, onRows }: MeasureFieldsProps) {
  const choices = useMeasureChoices()
  const taken = new Set(rows.map((row) => row.name))
  const free = choices.find((choice) => !taken.has(choice.value))
  const put = (at: number, row: Partial<MeasureRow>) => onRows(rows.map((old, place) => (place === at ? { ...old, ...row } : old)))
  return (
    <div className={classes.stack}>
      {rows.map((row, at) => (
        <div key={row.name} className={classes.measure}>
          <Select
            label={row.kind === 'spread' ? t('Spread evenly') : t('Balance')}
            data={choices.filter((choice) => choice.value === row.name || !taken.has(choice.value))}
            value={row.name}
            allowDeselect={false}
            onChange={(value) => {
              const choice = choices.find((each) => each.value === value)
              if (choice) put(at, { name: choice.value, kind: choice.kind })
            }}
          />
          <NumberInput
            label={t('Tolerance')}
            suffix=" %"
            min={0.1}
            max={100}
            value={row.percent}
            onChange={(value) => put(at, { percent: Number(value) })}
          />
          <ActionIcon
            size={36}
            aria-label={t('Remove this measure')}
            disabled={rows.length === 1}
            onClick={() => onRows(rows.filter((_, place) => place !== at))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </div>
      ))}
      {free && (
        <div>
          <Button variant="default" size="compact-sm" onClick={() => onRows([...rows, { name: free.value, kind: free.kind, percent: 10 }])}>
            {t('Add a measure')}
          </Button>
        </div>
      )}
    </div>
  )
}
