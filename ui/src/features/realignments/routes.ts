// Which pages do realignments have?
import { IconArrowsExchange } from '@tabler/icons-react'
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [
  {
    path: '/realignments',
    page: lazy(() => import('./RealignmentsPage')),
    nav: { label: 'Realignments', icon: IconArrowsExchange, order: 5, letter: 'r' },
  },
  { path: '/realignments/:id', page: lazy(() => import('./RealignmentPage')) },
]
