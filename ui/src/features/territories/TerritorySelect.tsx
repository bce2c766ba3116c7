// Which territory is meant? A searchable list by name and code.
import { Select } from '@mantine/core'
import { useMemo, type ReactNode } from 'react'
import { t } from '@/pure/words'
import { useTerritoryTree } from './reading'

type TerritorySelectProps = {
  readonly label: string
  readonly value: string | null
  readonly onValue: (code: string | null) => void
  readonly plan?: string
  readonly layer?: string
  /** Territories that receive accounts only; inner nodes stay out. */
  readonly isAssignableOnly?: boolean
  readonly without?: ReadonlySet<string>
  readonly description?: ReactNode
  readonly placeholder?: string
  readonly isClearable?: boolean
  readonly isRequired?: boolean
  readonly error?: ReactNode
}

export function TerritorySelect(props: TerritorySelectProps) {
  const { plan = 'active', layer, isAssignableOnly, without } = props
  const tree = useTerritoryTree(plan)
  const data = useMemo(
    () =>
      (tree.data?.territories ?? [])
        .filter((row) => (!layer || row.layer === layer) && (!isAssignableOnly || row.is_assignable) && !without?.has(row.code))
        .map((row) => ({ value: row.code, label: row.name === row.code ? row.code : `${row.name} (${row.code})` })),
    [tree.data, layer, isAssignableOnly, without],
  )
  return (
    <Select
      label={props.label}
      description={props.description}
      placeholder={props.placeholder ?? t('Type a name or a code')}
      data={data}
      value={props.value}
      onChange={props.onValue}
      searchable
      limit={60}
      clearable={props.isClearable}
      clearButtonProps={{ 'aria-label': t('Clear {label}', { label: props.label }) }}
      withAsterisk={props.isRequired}
      error={props.error}
      nothingFoundMessage={tree.isLoading ? t('Loading…') : t('No such territory')}
    />
  )
}
