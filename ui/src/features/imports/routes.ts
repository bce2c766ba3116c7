// Which pages does the import have?
import { IconFileImport } from '@tabler/icons-react'
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [
  {
    path: '/import',
    page: lazy(() => import('./ImportPage')),
    nav: { label: 'Import', icon: IconFileImport, order: 7, letter: 'i', needs: 'import' },
  },
]
