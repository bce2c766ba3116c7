// Which pages does Home have?
import { IconHome } from '@tabler/icons-react'
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [
  { path: '/', page: lazy(() => import('./HomePage')), nav: { label: 'Home', icon: IconHome, order: 1, letter: 'h' } },
]
