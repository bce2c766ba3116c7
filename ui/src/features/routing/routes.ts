// Which pages does routing have?
import { IconRoute } from '@tabler/icons-react'
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [
  {
    path: '/routing',
    page: lazy(() => import('./UnassignedPage')),
    nav: { label: 'Routing', icon: IconRoute, order: 4.5, letter: 'o' },
  },
  { path: '/routing/conflicts', page: lazy(() => import('./ConflictsPage')) },
  { path: '/routing/try', page: lazy(() => import('./TryPage')) },
]
