// Which rows does the user want? A search field, chips for what is set, a menu for what may be set; all kept in the URL.
import { Button, CloseButton, Menu, NumberInput, Popover, Select, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconFilter, IconSearch } from '@tabler/icons-react'
import { useEffect, useState, type ReactNode } from 'react'
import { t } from '@/pure/words'
import classes from './FilterBar.module.css'
import { useView } from './useView'

export type Filter = {
  /** The query parameter it sets. */
  readonly key: string
  readonly label: string
  readonly kind: 'choice' | 'text' | 'number' | 'flag'
  readonly choices?: readonly { readonly value: string; readonly label: string }[]
}

export type FilterBarProps = {
  readonly filters: readonly Filter[]
  /** The query parameter of the free-text search; leave out for none. */
  readonly searchKey?: string
  readonly searchLabel?: string
  /** Buttons at the right. */
  readonly children?: ReactNode
}

export function FilterBar({ filters, searchKey, searchLabel, children }: FilterBarProps) {
  const [view, change] = useView()
  const [opened, setOpened] = useState<string | null>(null)
  const set = filters.filter((filter) => view.has(filter.key))
  const chips = filters.filter((filter) => view.has(filter.key) || filter.key === opened)
  const rest = filters.filter((filter) => !chips.includes(filter))
  const add = (filter: Filter) => (filter.kind === 'flag' ? change({ [filter.key]: '1' }) : setOpened(filter.key))

  return (
    <div className={classes.bar} role="search" aria-label={t('Filters')}>
      {searchKey && <SearchField name={searchKey} label={searchLabel ?? t('Search')} />}
      {chips.map((filter) => (
        <Chip
          key={filter.key}
          filter={filter}
          value={view.get(filter.key)}
          isOpened={opened === filter.key}
          onOpened={(isOpened) => setOpened(isOpened ? filter.key : null)}
          onValue={(value) => change({ [filter.key]: value })}
        />
      ))}
      {rest.length > 0 && (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button variant="subtle" color="gray" size="compact-sm" leftSection={<IconFilter size={16} aria-hidden="true" />}>
              {t('Filter')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {rest.map((filter) => (
              <Menu.Item key={filter.key} onClick={() => add(filter)}>
                {filter.label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {set.length > 1 && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          onClick={() => change(Object.fromEntries(set.map((filter) => [filter.key, null])))}
        >
          {t('Clear {n, plural, one {# filter} other {# filters}}', { n: set.length })}
        </Button>
      )}
      {children && <div className={classes.tools}>{children}</div>}
    </div>
  )
}

function SearchField({ name, label }: { readonly name: string; readonly label: string }) {
  const [view, change] = useView()
  const inUrl = view.get(name) ?? ''
  const [typed, setTyped] = useState(inUrl)
  useEffect(() => setTyped(inUrl), [inUrl])
  const apply = useDebouncedCallback((value: string) => change({ [name]: value }), 200)
  return (
    <TextInput
      className={classes.search}
      size="sm"
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        apply(event.currentTarget.value)
      }}
    />
  )
}

type ChipProps = {
  readonly filter: Filter
  readonly value: string | null
  readonly isOpened: boolean
  readonly onOpened: (isOpened: boolean) => void
  readonly onValue: (value: string | null) => void
}

function Chip({ filter, value, isOpened, onOpened, onValue }: ChipProps) {
  const shown = filter.choices?.find((choice) => choice.value === value)?.label ?? value
  const text = filter.kind === 'flag' ? filter.label : `${filter.label}: ${shown ?? '…'}`
  return (
    <Popover opened={isOpened} onChange={onOpened} position="bottom-start" shadow="md" trapFocus returnFocus>
      <span className={classes.chip}>
        <Popover.Target>
          <button type="button" className={classes.chipText} onClick={() => filter.kind !== 'flag' && onOpened(!isOpened)}>
            {text}
          </button>
        </Popover.Target>
        <CloseButton
          size="xs"
          aria-label={t('Remove the filter {name}', { name: filter.label })}
          onClick={() => {
            onOpened(false)
            onValue(null)
          }}
        />
      </span>
      <Popover.Dropdown aria-label={filter.label}>
        <Editor filter={filter} value={value} onValue={onValue} onDone={() => onOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  )
}

type EditorProps = Pick<ChipProps, 'filter' | 'value' | 'onValue'> & { readonly onDone: () => void }

function Editor({ filter, value, onValue, onDone }: EditorProps) {
  const [typed, setTyped] = useState(value ?? '')
  const apply = () => {
    onValue(typed.trim() || null)
    onDone()
  }
  if (filter.kind === 'choice') {
    return (
      <Select
        label={filter.label}
        data={filter.choices?.map((choice) => ({ ...choice })) ?? []}
        value={value}
        searchable
        data-autofocus
        comboboxProps={{ withinPortal: false }}
        nothingFoundMessage={t('No such choice')}
        onChange={(next) => {
          onValue(next)
          onDone()
        }}
      />
    )
  }
  return (
    <form
      className={classes.editor}
      onSubmit={(event) => {
        event.preventDefault()
        apply()
      }}
    >
      {filter.kind === 'number' ? (
        <NumberInput label={filter.label} value={typed} onChange={(next) => setTyped(String(next))} data-autofocus />
      ) : (
        <TextInput label={filter.label} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} data-autofocus />
      )}
      <Button type="submit">{t('Apply')}</Button>
    </form>
  )
}
