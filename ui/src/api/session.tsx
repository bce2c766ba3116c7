// Who is looking, at which organisation, and what may they do? Known to every page.
import { createContext, useContext, type ReactNode } from 'react'
import { $api, type Answer } from './client'

export type Session = Answer<'/api/v1/session'>
/** The session of someone who has logged in. */
export type ActiveSession = Session & {
  readonly user: NonNullable<Session['user']>
  readonly organisation: NonNullable<Session['organisation']>
}

export const SESSION_KEY = ['get', '/api/v1/session'] as const

const SessionContext = createContext<ActiveSession | null>(null)

export function SessionProvider({ session, children }: { readonly session: ActiveSession; readonly children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>
}

/** The session as the server tells it, logged in or not: for the shell and the log-in page. */
export function useSessionQuery() {
  return $api.useQuery('get', '/api/v1/session', undefined, { staleTime: 5 * 60_000 })
}

/** The logged-in session; pages inside the shell always have one. */
export function useSession(): ActiveSession {
  const session = useContext(SessionContext)
  if (!session) throw new Error('This page needs a logged-in user.')
  return session
}

/** May the user do this? Verbs are the server's: "propose", "approve", "import", … */
export function useMay(verb: string): boolean {
  return useSession().may.includes(verb)
}
