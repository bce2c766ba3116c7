// Which keys were pressed? Chords such as "g m" and "?" out of single key presses.

export type Shortcut = { readonly keys: string; readonly label: string; readonly run: () => void }

const CHORD_MILLISECONDS = 1200

export type ChordState = { readonly first: string; readonly at: number } | null

/** The next state of a chord and the key sequence that is now complete (or null). `known` holds every sequence. */
export function pressKey(
  state: ChordState,
  key: string,
  at: number,
  known: ReadonlySet<string>,
): { state: ChordState; complete: string | null } {
  if (state && at - state.at <= CHORD_MILLISECONDS) {
    const chord = `${state.first} ${key}`
    if (known.has(chord)) return { state: null, complete: chord }
  }
  if (known.has(key)) return { state: null, complete: key }
  const opensChord = [...known].some((keys) => keys.startsWith(`${key} `))
  return { state: opensChord ? { first: key, at } : null, complete: null }
}
