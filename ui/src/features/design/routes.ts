// Which pages does territory design have?
import { IconVectorTriangle } from '@tabler/icons-react'
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [
  {
    path: '/plan/design',
    page: lazy(() => import('./DesignsPage')),
    nav: { label: 'Plan', icon: IconVectorTriangle, order: 3.5, letter: 'p', needs: 'edit_plans' },
  },
  { path: '/plan/design/new', page: lazy(() => import('./NewDesignPage')) },
  { path: '/plan/design/:id', page: lazy(() => import('./DesignPage')) },
]
