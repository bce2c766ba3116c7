// Where does the user want to look? Countries, states, counties, territories from here; accounts from the server.
import { Combobox, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { $api } from '@/api/client'
import type { Atlas } from '@/mapkit/atlas'
import { findLetters, type Level } from '@/mapkit/codes'
import { t } from '@/pure/words'
import classes from './MapPage.module.css'
import type { TreeView } from './reading'

export type Place =
  | { readonly kind: 'unit'; readonly level: Level; readonly place: number }
  | { readonly kind: 'territory'; readonly code: string }
  | { readonly kind: 'account'; readonly id: number }

type Found = { readonly key: string; readonly name: string; readonly about: string; readonly place: Place }

const MOST_PER_KIND = 4

/** Names that begin with the words come before names that only hold them. */
export function findNamed(names: readonly string[], words: string, most: number): number[] {
  const begins: number[] = []
  const holds: number[] = []
  names.forEach((name, place) => {
    const at = name.toLowerCase().indexOf(words)
    if (at === 0) begins.push(place)
    else if (at > 0) holds.push(place)
  })
  return [...begins, ...holds].slice(0, most)
}

function findUnits(atlas: Atlas, words: string): Found[] {
  const kinds = { country: t('Country'), state: t('State'), county: t('County') }
  return (['state', 'country', 'county'] as const).flatMap((level) =>
    findNamed(atlas[level].names, words, MOST_PER_KIND).map((place) => ({
      key: `${level}-${place}`,
      name: atlas[level].names[place]!,
      about: level === 'county' ? `${kinds.county}, ${findLetters('county', atlas.county.ids[place]!) ?? ''}` : kinds[level],
      place: { kind: 'unit', level, place },
    })),
  )
}

export type MapSearchProps = {
  readonly atlas: Atlas | undefined
  readonly tree: TreeView
  readonly onPlace: (place: Place) => void
}

export function MapSearch({ atlas, tree, onPlace }: MapSearchProps) {
  const [typed, setTyped] = useState('')
  const [settled] = useDebouncedValue(typed.trim(), 150)
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const { data } = $api.useQuery('get', '/api/v1/search', { params: { query: { q: settled } } }, { enabled: settled.length >= 2 })
  const found = useMemo((): Found[] => {
    const words = settled.toLowerCase()
    if (words.length < 2) return []
    const territories = [...tree.byCode.values()]
    return [
      ...findNamed(territories.map((territory) => `${territory.name} ${territory.code}`), words, MOST_PER_KIND).map((at) => ({
        key: `territory-${territories[at]!.code}`,
        name: territories[at]!.name,
        about: t('Territory'),
        place: { kind: 'territory' as const, code: territories[at]!.code },
      })),
      ...(atlas ? findUnits(atlas, words) : []),
      ...(data?.accounts ?? []).slice(0, MOST_PER_KIND).map((account) => ({
        key: `account-${account.id}`,
        name: account.name,
        about: [account.city, account.state].filter(Boolean).join(', ') || t('Account'),
        place: { kind: 'account' as const, id: account.id },
      })),
    ]
  }, [settled, tree, atlas, data])

  return (
    <Combobox
      store={combobox}
      withinPortal={false}
      onOptionSubmit={(key) => {
        const hit = found.find((candidate) => candidate.key === key)
        if (!hit) return
        onPlace(hit.place)
        setTyped('')
        combobox.closeDropdown()
      }}
    >
      <Combobox.Target>
        <TextInput
          size="xs"
          className={classes.find}
          aria-label={t('Find a place, territory or account on the map')}
          placeholder={t('Find on the map')}
          leftSection={<IconSearch size={14} aria-hidden="true" />}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value)
            combobox.openDropdown()
            combobox.updateSelectedOptionIndex()
          }}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={settled.length < 2}>
        <Combobox.Options aria-label={t('Found')}>
          {found.map((hit) => (
            <Combobox.Option value={hit.key} key={hit.key} className={classes.hit}>
              <span>{hit.name}</span>
              <span className="soft small">{hit.about}</span>
            </Combobox.Option>
          ))}
          {found.length === 0 && <Combobox.Empty>{t('Nothing found')}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
