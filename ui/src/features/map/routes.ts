// Which pages does the map have?
import { IconMap } from '@tabler/icons-react'
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [
  { path: '/map', page: lazy(() => import('./MapPage')), nav: { label: 'Map', icon: IconMap, order: 2, letter: 'm' } },
]
