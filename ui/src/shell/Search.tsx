// What can ⌘K find? Pages at once; accounts, territories and people from the server.
import { IconBuilding, IconMap2, IconUser } from '@tabler/icons-react'
import { useCallback } from 'react'
import { useLocation } from 'wouter'
import { api } from '@/api/client'
import { useSession } from '@/api/session'
import { CommandPalette, type Hit } from '@/kit/CommandPalette'
import { t } from '@/pure/words'
import { navRoutes } from './routes'

export function Search({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const session = useSession()
  const [, navigate] = useLocation()
  const commands = navRoutes(session.may).map((route): Hit => {
    const Icon = route.nav.icon
    return {
      id: route.path,
      title: t(route.nav.label),
      about: `g ${route.nav.letter}`,
      group: t('Go to'),
      icon: <Icon size={18} />,
      run: () => navigate(route.path),
    }
  })
  const search = useCallback(
    async (query: string, signal: AbortSignal): Promise<readonly Hit[]> => {
      const { data } = await api.GET('/api/v1/search', { params: { query: { q: query } }, signal })
      if (!data) return []
      const territories = data.territories.map((territory): Hit => ({
        id: territory.code,
        title: territory.name,
        about: territory.code,
        group: t('Territories'),
        icon: <IconMap2 size={18} />,
        run: () => navigate(`/territories/${encodeURIComponent(territory.code)}`),
      }))
      const accounts = data.accounts.map((account): Hit => ({
        id: String(account.id),
        title: account.name,
        about: [account.city, account.state, account.external_id].filter(Boolean).join(' · '),
        group: t('Accounts'),
        icon: <IconBuilding size={18} />,
        run: () => navigate(`/accounts/${account.id}`),
      }))
      const reps = data.reps.map((rep): Hit => ({
        id: String(rep.id),
        title: rep.name,
        about: t('accounts of this person'),
        group: t('People'),
        icon: <IconUser size={18} />,
        run: () => navigate(`/accounts?owner=${rep.id}`),
      }))
      return [...territories, ...accounts, ...reps]
    },
    [navigate],
  )
  return <CommandPalette opened={opened} onClose={onClose} commands={commands} search={search} />
}
