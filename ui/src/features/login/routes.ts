// Which pages does logging in have?
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [{ path: '/login', page: lazy(() => import('./LoginPage')), isBare: true }]
