// What happened, and when? Events from the latest down, each with its moment and what is known about it.
import type { ReactNode } from 'react'
import classes from './Timeline.module.css'

export type TimelineItem = {
  readonly id: string
  /** Formatted moment. */
  readonly when: string
  /** Machine-readable moment (ISO). */
  readonly at: string
  readonly title: ReactNode
  readonly body?: ReactNode
  /** Buttons or badges at the right. */
  readonly aside?: ReactNode
  readonly isCurrent?: boolean
}

export function Timeline({ label, items }: { readonly label: string; readonly items: readonly TimelineItem[] }) {
  return (
    <ol className={classes.timeline} aria-label={label}>
      {items.map((item) => (
        <li key={item.id} className={`${classes.item} ${item.isCurrent ? classes.current : ''}`}>
          <div className={classes.text}>
            <time dateTime={item.at} className={classes.when}>
              {item.when}
            </time>
            <div className={classes.title}>{item.title}</div>
            {item.body && <div className={classes.body}>{item.body}</div>}
          </div>
          {item.aside && <div className={classes.aside}>{item.aside}</div>}
        </li>
      ))}
    </ol>
  )
}
