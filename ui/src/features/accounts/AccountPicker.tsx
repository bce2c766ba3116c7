// Which account is meant? Searched by name or id on the server, as one types.
import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData } from '@tanstack/react-query'
import { useState } from 'react'
import { $api } from '@/api/client'
import { t } from '@/pure/words'

export type PickedAccount = { readonly id: number; readonly name: string }

type AccountPickerProps = {
  readonly label: string
  readonly description?: string
  readonly value: PickedAccount | null
  readonly onValue: (account: PickedAccount | null) => void
  readonly without?: number
}

export function AccountPicker({ label, description, value, onValue, without }: AccountPickerProps) {
  const [typed, setTyped] = useState(value?.name ?? '')
  const [q] = useDebouncedValue(typed.trim(), 200)
  const isAsked = q.length > 0 && q !== value?.name
  const found = $api.useQuery(
    'get',
    '/api/v1/accounts',
    { params: { query: { q, limit: 20 } } },
    { enabled: isAsked, placeholderData: keepPreviousData },
  )
  const rows = (isAsked ? found.data?.items : undefined)?.filter((row) => row.id !== without) ?? []
  const known = rows.map((row) => ({
    value: String(row.id),
    label: row.city ? `${row.name}, ${row.city}` : row.name,
    name: row.name,
  }))
  const data = value && !known.some((one) => one.value === String(value.id))
    ? [{ value: String(value.id), label: value.name, name: value.name }, ...known]
    : known
  return (
    <Select
      label={label}
      description={description}
      placeholder={t('Type a name or an id')}
      data={data}
      value={value ? String(value.id) : null}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': t('Clear {label}', { label }) }}
      filter={({ options }) => options}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={q ? (found.isFetching ? t('Searching…') : t('No such account')) : t('Type to search')}
      onChange={(id) => {
        const row = data.find((one) => one.value === id)
        onValue(row ? { id: Number(row.value), name: row.name } : null)
      }}
    />
  )
}
