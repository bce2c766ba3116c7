// Which page shows all locks?
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [{ path: '/locks', page: lazy(() => import('./LocksPage')) }]
