// How is a state shown? A word with a mark; the colour only repeats what the word says.
import type { ReactNode } from 'react'
import classes from './StatusBadge.module.css'

export type Tone = 'plain' | 'accent' | 'ok' | 'warn' | 'stop'

const MARKS: Record<Tone, string> = { plain: '○', accent: '◐', ok: '●', warn: '▲', stop: '■' }

export function StatusBadge({ tone = 'plain', children }: { readonly tone?: Tone; readonly children: ReactNode }) {
  return (
    <span className={`${classes.badge} ${classes[tone]}`}>
      <span aria-hidden="true" className={classes.mark}>
        {MARKS[tone]}
      </span>
      {children}
    </span>
  )
}

/** A territory's colour beside its name. */
export function Swatch({ colour }: { readonly colour: string }) {
  return <span aria-hidden="true" className={classes.swatch} style={{ background: colour }} />
}
