// What is there to see about routing? The three pages beside each other.
import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { PageHeader } from '@/kit/Page'
import { t } from '@/pure/words'
import classes from './Routing.module.css'

const PAGES = [
  { href: '/routing', label: 'Unassigned' },
  { href: '/routing/conflicts', label: 'Conflicts' },
  { href: '/routing/try', label: 'Try a record' },
] as const

export function RoutingHeader({ about, actions }: { readonly about: ReactNode; readonly actions?: ReactNode }) {
  const [path] = useLocation()
  return (
    <>
      <PageHeader title={t('Routing')} about={about} actions={actions} />
      <nav aria-label={t('Routing')} className={classes.tabs}>
        {PAGES.map(({ href, label }) => (
          <Link key={href} href={href} className={classes.tab} aria-current={path === href ? 'page' : undefined}>
            {t(label)}
          </Link>
        ))}
      </nav>
    </>
  )
}
