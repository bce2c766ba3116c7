// Which pages does the audit have?
import { IconShieldCheck } from '@tabler/icons-react'
import { lazy } from 'react'
import type { FeatureRoute } from '@/kit/route'

export const routes: readonly FeatureRoute[] = [
  {
    path: '/audit',
    page: lazy(() => import('./AuditPage')),
    nav: { label: 'Audit', icon: IconShieldCheck, order: 8, letter: 'u', needs: 'audit' },
  },
]
