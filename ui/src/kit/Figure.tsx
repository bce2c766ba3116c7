// How is a number shown? Never alone: beside it what it is compared with, and a bar where that helps.
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import classes from './Figure.module.css'

export type FigureProps = {
  readonly label: string
  /** Already formatted: "$1.2M", "214". */
  readonly value: string
  /** What it is compared with: "average 180", "of 5,000", "target $1.4M". */
  readonly beside?: ReactNode
  /** 0 to 1 draws a bar under the figure; above 1 is drawn full. */
  readonly share?: number
  /** The colour of the bar: neutral unless the figure is in trouble. */
  readonly tone?: 'plain' | 'ok' | 'warn' | 'stop'
  /** Leads to the accounts behind the number. */
  readonly href?: string
}

export function Figure({ label, value, beside, share, tone = 'plain', href }: FigureProps) {
  const body = (
    <>
      <span className={classes.label}>{label}</span>
      <span className={classes.value}>{value}</span>
      {beside && <span className={classes.beside}>{beside}</span>}
      {share !== undefined && (
        <span className={classes.track} aria-hidden="true">
          <span
            className={`${classes.bar} ${classes[tone]}`}
            style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }}
          />
        </span>
      )}
    </>
  )
  return href ? (
    <Link href={href} className={`${classes.figure} ${classes.link}`}>
      {body}
    </Link>
  ) : (
    <div className={classes.figure}>{body}</div>
  )
}

/** A row of figures that wraps. */
export function Figures({ children }: { readonly children: ReactNode }) {
  return <div className={classes.figures}>{children}</div>
}

export type BeforeAfterProps = {
  readonly before: string
  readonly after: string
  /** The signed difference, formatted ("+214"); left out when nothing changes. */
  readonly difference?: string
  /** Which way is better, if the product knows; colour follows only then. */
  readonly tone?: 'better' | 'worse' | 'plain'
}

/** Old value, arrow, new value, difference: the same everywhere. */
export function BeforeAfter({ before, after, difference, tone = 'plain' }: BeforeAfterProps) {
  return (
    <span className={classes.change}>
      <span className={classes.before}>{before}</span>
      <span aria-hidden="true">→</span>
      <span className="visually-hidden"> to </span>
      <span className={classes.after}>{after}</span>
      {difference && <span className={`${classes.difference} ${classes[tone]}`}>{difference}</span>}
    </span>
  )
}

export type DeviationBarProps = {
  /** 0.12 is 12 % above. */
  readonly deviation: number
  /** Neutral within this. */
  readonly tolerance?: number
  /** The bar's half is full at this. */
  readonly extreme?: number
  readonly label: string
}

/** A bar around a centre line: blue below, orange above, neutral within tolerance. */
export function DeviationBar({ deviation, tolerance = 0.1, extreme = 0.5, label }: DeviationBarProps) {
  const half = (Math.min(Math.abs(deviation), extreme) / extreme) * 50
  const tone = Math.abs(deviation) <= tolerance ? 'within' : deviation < 0 ? 'below' : 'above'
  return (
    <span className={classes.deviation} role="img" aria-label={label}>
      <span
        className={`${classes.deviationBar} ${classes[tone]}`}
        style={{ left: `${deviation < 0 ? 50 - half : 50}%`, width: `${half}%` }}
      />
    </span>
  )
}
