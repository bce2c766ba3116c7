// Which pages do the settings have?
import { IconSettings } from '@tabler/icons-react'
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [
  {
    path: '/settings',
    page: lazy(() => import('./SettingsPage')),
    nav: { label: 'Settings', icon: IconSettings, order: 9, letter: 's', needs: 'manage_tokens' },
  },
]
