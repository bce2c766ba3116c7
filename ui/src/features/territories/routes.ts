// Which pages do territories have?
import { IconSitemap } from '@tabler/icons-react'
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [
  {
    path: '/territories',
    page: lazy(() => import('./TerritoriesPage')),
    nav: { label: 'Territories', icon: IconSitemap, order: 3, letter: 't' },
  },
  { path: '/territories/:code', page: lazy(() => import('./TerritoryPage')) },
]
