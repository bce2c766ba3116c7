// Which pages do accounts have?
import { IconBuilding } from '@tabler/icons-react'
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [
  {
    path: '/accounts',
    page: lazy(() => import('./AccountsPage')),
    nav: { label: 'Accounts', icon: IconBuilding, order: 4, letter: 'a' },
  },
  { path: '/accounts/new', page: lazy(() => import('./AccountFormPage')) },
  { path: '/accounts/:id/edit', page: lazy(() => import('./AccountFormPage')) },
  { path: '/accounts/:id', page: lazy(() => import('./AccountPage')) },
]
