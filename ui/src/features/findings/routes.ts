// Which page does the check of a plan have?
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [{ path: '/findings', page: lazy(() => import('./FindingsPage')) }]
