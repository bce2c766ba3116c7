// Which page shows the accounts that wait to be moved?
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [
  { path: '/realignments/waiting', page: lazy(() => import('./WaitingPage')) },
]
