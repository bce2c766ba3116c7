// Which pages does the first start have?
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [{ path: '/setup', page: lazy(() => import('./SetupPage')), isBare: true }]
