// Where does the user want to go? One field that finds places, accounts and pages, worked by keyboard alone.
import { Modal } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState, type ReactNode } from 'react'
import { t } from '@/pure/words'
import classes from './CommandPalette.module.css'
import { stepRow } from './rowKeys'

export type Hit = {
  readonly id: string
  readonly title: string
  readonly about?: string
  readonly group: string
  readonly icon?: ReactNode
  readonly run: () => void
}

export type CommandPaletteProps = {
  readonly opened: boolean
  readonly onClose: () => void
  /** Hits that are there at once: pages, commands. Filtered here. */
  readonly commands: readonly Hit[]
  /** Asks the server; called with two letters or more. */
  readonly search: (query: string, signal: AbortSignal) => Promise<readonly Hit[]>
}

export function CommandPalette({ opened, onClose, commands, search }: CommandPaletteProps) {
  return (
    <Modal.Root opened={opened} onClose={onClose} size={600} yOffset="12vh">
      <Modal.Overlay />
      <Modal.Content aria-label={t('Search')}>
        <Modal.Body p={0}>
          <Palette onClose={onClose} commands={commands} search={search} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}

function Palette({ onClose, commands, search }: Omit<CommandPaletteProps, 'opened'>) {
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const [settled] = useDebouncedValue(query.trim(), 120)
  const { data, isFetching, isError } = useQuery({
    queryKey: ['palette', settled],
    queryFn: ({ signal }) => search(settled, signal),
    enabled: settled.length >= 2,
    placeholderData: (previous) => previous,
  })
  const words = query.trim().toLowerCase()
  const hits = [
    ...commands.filter((hit) => !words || hit.title.toLowerCase().includes(words)),
    ...(words.length >= 2 ? (data ?? []) : []),
  ]
  useEffect(() => setActive(0), [words])
  const choose = (hit: Hit | undefined) => {
    if (!hit) return
    onClose()
    hit.run()
  }
  return (
    <div className={classes.palette}>
      <input
        className={classes.input}
        data-autofocus
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-hits"
        aria-activedescendant={hits[active] ? `palette-hit-${active}` : undefined}
        aria-label={t('Search accounts, territories, people and pages')}
        placeholder={t('Search accounts, territories, people and pages')}
        autoComplete="off"
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
        onKeyDown={(event) => {
          const next = stepRow(event.key, active, hits.length, 8)
          if (event.key === 'Enter') choose(hits[active])
          else if (next !== null && event.key !== 'Home' && event.key !== 'End') setActive(next)
          else return
          event.preventDefault()
        }}
      />
      <div id="palette-hits" role="listbox" aria-label={t('Found')} className={classes.hits}>
        {hits.map((hit, place) => (
          <PaletteHit
            key={`${hit.group}-${hit.id}`}
            hit={hit}
            place={place}
            isActive={place === active}
            opensGroup={hits[place - 1]?.group !== hit.group}
            onChoose={() => choose(hit)}
          />
        ))}
      </div>
      {hits.length === 0 && (
        <p role="status" className={classes.none}>
          {isFetching ? t('Searching…') : isError ? t('The search failed. Try again in a moment.') : t('Nothing found. Try a name, a code or a city.')}
        </p>
      )}
    </div>
  )
}

type PaletteHitProps = {
  readonly hit: Hit
  readonly place: number
  readonly isActive: boolean
  readonly opensGroup: boolean
  readonly onChoose: () => void
}

function PaletteHit({ hit, place, isActive, opensGroup, onChoose }: PaletteHitProps) {
  useEffect(() => {
    if (isActive) document.getElementById(`palette-hit-${place}`)?.scrollIntoView({ block: 'nearest' })
  }, [isActive, place])
  return (
    <>
      {opensGroup && (
        <div role="presentation" className={classes.group}>
          {hit.group}
        </div>
      )}
      <div
        id={`palette-hit-${place}`}
        role="option"
        aria-selected={isActive}
        className={classes.hit}
        onClick={onChoose}
      >
        {hit.icon}
        <span className={classes.title}>{hit.title}</span>
        {hit.about && <span className={classes.about}>{hit.about}</span>}
      </div>
    </>
  )
}
