// Which keys do what? Pages register theirs while they are shown; "?" lists them all.
import { Modal } from '@mantine/core'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { pressKey, type ChordState, type Shortcut } from '@/pure/shortcuts'
import { t } from '@/pure/words'
import classes from './Shortcuts.module.css'

type Group = { readonly title: string; readonly shortcuts: readonly Shortcut[] }

let groups: readonly Group[] = []
const listeners = new Set<() => void>()

function publish(next: readonly Group[]): void {
  groups = next
  for (const tell of listeners) tell()
}

/** Registers shortcuts while the calling component is mounted. `keys`: "g m", "?", "/", "n". */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  const signature = shortcuts.map((shortcut) => `${shortcut.keys}=${shortcut.label}`).join('|')
  useEffect(() => {
    const group: Group = {
      title,
      shortcuts: latest.current.map((shortcut, place) => ({ ...shortcut, run: () => latest.current[place]?.run() })),
    }
    publish([...groups, group])
    return () => publish(groups.filter((other) => other !== group))
  }, [title, signature])
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && !!target.closest('input, textarea, select, [contenteditable=true]')
}

/** Listens for the keys, and shows the list on "?". Mounted once, by the shell. */
export function ShortcutLayer() {
  const all = useSyncExternalStore(
    (tell) => {
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    () => groups,
  )
  const [opened, setOpened] = useState(false)
  const chord = useRef<ChordState>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
      if (document.querySelector('[role=dialog]') && event.key !== '?') return
      const known = new Map(all.flatMap((group) => group.shortcuts).map((shortcut) => [shortcut.keys, shortcut.run]))
      known.set('?', () => setOpened((was) => !was))
      const { state, complete } = pressKey(chord.current, event.key, event.timeStamp, new Set(known.keys()))
      chord.current = state
      if (!complete) return
      event.preventDefault()
      known.get(complete)?.()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [all])
  return (
    <Modal
      opened={opened}
      onClose={() => setOpened(false)}
      title={t('Keyboard shortcuts')}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      <div className={classes.groups}>
        {all.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h3>{group.title}</h3>
            {group.shortcuts.map((shortcut) => (
              <div key={shortcut.keys} className={classes.line}>
                <span>{shortcut.label}</span>
                <KeyHint keys={shortcut.keys} />
              </div>
            ))}
          </section>
        ))}
      </div>
    </Modal>
  )
}

/** "g m" drawn as keys. */
export function KeyHint({ keys }: { readonly keys: string }) {
  return (
    <span className={classes.keys}>
      {keys.split(' ').map((key, place) => (
        <kbd key={place}>{key}</kbd>
      ))}
    </span>
  )
}
