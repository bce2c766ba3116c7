// How does a feature say which pages it has? Each feature folder's routes.ts exports `routes`; the shell collects them.
import type { ComponentType, LazyExoticComponent } from 'react'

export type FeatureRoute = {
  /** "/accounts/:id": the page reads its parameters with wouter's useParams. */
  readonly path: string
  readonly page: LazyExoticComponent<ComponentType>
  /** A place in the navigation rail. */
  readonly nav?: {
    readonly label: string
    readonly icon: ComponentType<{ size?: number | string; stroke?: number | string }>
    readonly order: number
    /** "m" makes "g m" lead here. */
    readonly letter: string
    /** Shown only to those who may do this (a verb of the session's `may`). */
    readonly needs?: string
  }
  /** Without the rail and without a session: log-in and set-up. */
  readonly isBare?: boolean
}
