// What frames the pages before log-in? One quiet column, the mark above it.
import type { ReactNode } from 'react'
import mark from '@/shell/icon.svg'
import classes from './BarePage.module.css'

export function BarePage({ title, about, children }: { readonly title: string; readonly about?: ReactNode; readonly children: ReactNode }) {
  return (
    <main className={classes.page}>
      <div className={classes.column}>
        <img src={mark} alt="" width={40} height={40} />
        <div>
          <h1>{title}</h1>
          {about && <p className="soft">{about}</p>}
        </div>
        {children}
      </div>
    </main>
  )
}
