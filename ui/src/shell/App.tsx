// What does the visitor see first? Set-up, log-in, or the product: the server's session decides.
import { Suspense } from 'react'
import { Redirect, Route, Switch, useLocation, useSearch } from 'wouter'
import { SessionProvider, useSessionQuery, type ActiveSession, type Session } from '@/api/session'
import { EmptyState, ErrorState, Waiting } from '@/kit/Notice'
import { Page, PageHeader } from '@/kit/Page'
import { ShortcutLayer } from '@/kit/Shortcuts'
import { Toasts } from '@/kit/Toasts'
import { t } from '@/pure/words'
import { ErrorBoundary } from './ErrorBoundary'
import { Frame } from './Frame'
import { routes } from './routes'

const bareRoutes = routes.filter((route) => route.isBare)
const innerRoutes = routes.filter((route) => !route.isBare)

function isActive(session: Session): session is ActiveSession {
  return session.user !== null && session.organisation !== null
}

export function App() {
  const { data: session, error, refetch } = useSessionQuery()
  const [path] = useLocation()
  if (error && !session) {
    return (
      <main>
        <ErrorState error={error} kept={t('Your data is on the server and untouched.')} onRetry={() => void refetch()} />
      </main>
    )
  }
  if (!session) {
    return (
      <main>
        <Waiting />
      </main>
    )
  }
  return (
    <ErrorBoundary place={path}>
      <Suspense fallback={<Waiting />}>
        <Entrance session={session} path={path} />
      </Suspense>
      <Toasts />
    </ErrorBoundary>
  )
}

function Entrance({ session, path }: { readonly session: Session; readonly path: string }) {
  const search = useSearch()
  const wanted = new URLSearchParams(search).get('next')
  if (session.needs_setup && path !== '/setup') return <Redirect to="/setup" replace />
  if (!session.needs_setup && !isActive(session) && path !== '/login') {
    const next = path + (search ? `?${search}` : '')
    return <Redirect to={next === '/' ? '/login' : `/login?next=${encodeURIComponent(next)}`} replace />
  }
  if (isActive(session)) {
    // Only an address inside the product is followed: "//elsewhere" would leave it.
    if (path === '/login' || path === '/setup') return <Redirect to={wanted && /^\/(?!\/)/.test(wanted) ? wanted : '/'} replace />
    return (
      <SessionProvider session={session}>
        <ShortcutLayer />
        <Frame>
          <ErrorBoundary place={path}>
            <Suspense fallback={<Waiting />}>
              <Pages />
            </Suspense>
          </ErrorBoundary>
        </Frame>
      </SessionProvider>
    )
  }
  return (
    <Switch>
      {bareRoutes.map((route) => (
        <Route key={route.path} path={route.path} component={route.page} />
      ))}
    </Switch>
  )
}

function Pages() {
  return (
    <Switch>
      {innerRoutes.map((route) => (
        <Route key={route.path} path={route.path} component={route.page} />
      ))}
      <Route>
        <Page>
          <PageHeader title={t('Nothing here')} />
          <EmptyState
            title={t('There is no page at this address')}
            next={t('It may have been moved, or the link is incomplete. Press ⌘K to search, or choose a place at the left.')}
          />
        </Page>
      </Route>
    </Switch>
  )
}
