// Which page shows all lists of a plan?
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [{ path: '/territories/lists', page: lazy(() => import('./ListsPage')) }]
