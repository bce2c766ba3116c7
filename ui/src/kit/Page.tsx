// What frames every page? A title, what it is about, its actions, and a body that fills or scrolls.
import { useEffect, type ReactNode } from 'react'
import { Link } from 'wouter'
import classes from './Page.module.css'

export type PageProps = {
  /** "wide" scrolls with comfortable margins; "fill" gives the body the full height (tables); "read" keeps lines short. */
  readonly layout?: 'wide' | 'fill' | 'read'
  readonly children: ReactNode
}

export function Page({ layout = 'wide', children }: PageProps) {
  return <div className={`${classes.page} ${classes[layout]}`}>{children}</div>
}

export type PageHeaderProps = {
  readonly title: string
  /** One line under the title: what the page shows, in figures where it can. */
  readonly about?: ReactNode
  /** Where the page hangs: links back to its parents. */
  readonly trail?: readonly { readonly label: string; readonly href: string }[]
  /** A badge or swatch beside the title. */
  readonly badge?: ReactNode
  readonly actions?: ReactNode
}

export function PageHeader({ title, about, trail, badge, actions }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · Fairpatch`
  }, [title])
  return (
    <header className={classes.header}>
      <div className={classes.heading}>
        {trail && trail.length > 0 && (
          <nav aria-label="Breadcrumb" className={classes.trail}>
            {trail.map((step) => (
              <span key={step.href}>
                <Link href={step.href}>{step.label}</Link>
                <span aria-hidden="true"> / </span>
              </span>
            ))}
          </nav>
        )}
        <div className={classes.title}>
          <h1>{title}</h1>
          {badge}
        </div>
        {about && <div className={classes.about}>{about}</div>}
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </header>
  )
}

export type SectionProps = {
  readonly title: string
  readonly aside?: ReactNode
  readonly children: ReactNode
  /** A surface with a border; otherwise the content stands on the page's ground. */
  readonly isCard?: boolean
}

export function Section({ title, aside, children, isCard = true }: SectionProps) {
  return (
    <section className={isCard ? classes.card : classes.section} aria-label={title}>
      <div className={classes.sectionHead}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
