// Where can the user go, and who are they here? The rail, wide or folded to icons.
import { ActionIcon, Menu, Tooltip, useMantineColorScheme, type MantineColorScheme } from '@mantine/core'
import {
  IconChevronsLeft,
  IconChevronsRight,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSearch,
  IconSun,
} from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import type { ReactElement } from 'react'
import { Link, useLocation } from 'wouter'
import { api } from '@/api/client'
import { useSession } from '@/api/session'
import { showProblem } from '@/kit/Toasts'
import { t } from '@/pure/words'
import mark from './icon.svg'
import classes from './Rail.module.css'
import { navRoutes } from './routes'

export type RailProps = {
  readonly isFolded: boolean
  readonly onFold?: () => void
  readonly onSearch: () => void
}

export function Rail({ isFolded, onFold, onSearch }: RailProps) {
  const session = useSession()
  const [path] = useLocation()
  return (
    <section aria-label={t('Navigation')} className={classes.rail} data-folded={isFolded || undefined}>
      <div className={classes.head}>
        <img src={mark} alt="" width={24} height={24} />
        {!isFolded && <span className={classes.name}>{session.organisation.name}</span>}
      </div>
      <RailHint isFolded={isFolded} label={t('Search')}>
        <button type="button" className={classes.search} onClick={onSearch} aria-label={t('Search')}>
          <IconSearch size={18} stroke={1.75} aria-hidden="true" />
          {!isFolded && (
            <>
              <span>{t('Search')}</span>
              <kbd>⌘K</kbd>
            </>
          )}
        </button>
      </RailHint>
      <nav aria-label={t('Main')} className={classes.nav}>
        {navRoutes(session.may).map((route) => {
          const isHere = route.path === '/' ? path === '/' : path === route.path || path.startsWith(`${route.path}/`)
          const Icon = route.nav.icon
          return (
            <RailHint key={route.path} isFolded={isFolded} label={t(route.nav.label)}>
              <Link href={route.path} className={classes.link} aria-current={isHere ? 'page' : undefined} aria-label={t(route.nav.label)}>
                <Icon size={18} stroke={1.75} aria-hidden="true" />
                {!isFolded && <span>{t(route.nav.label)}</span>}
              </Link>
            </RailHint>
          )
        })}
      </nav>
      <div className={classes.foot}>
        <UserMenu isFolded={isFolded} />
        {onFold && (
          <ActionIcon onClick={onFold} aria-label={isFolded ? t('Unfold the navigation') : t('Fold the navigation')}>
            {isFolded ? <IconChevronsRight size={16} /> : <IconChevronsLeft size={16} />}
          </ActionIcon>
        )}
      </div>
    </section>
  )
}

function RailHint({ isFolded, label, children }: { readonly isFolded: boolean; readonly label: string; readonly children: ReactElement }) {
  return (
    <Tooltip label={label} position="right" disabled={!isFolded}>
      {children}
    </Tooltip>
  )
}

const SCHEMES = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'As the system', icon: IconDeviceDesktop },
] as const satisfies readonly { value: MantineColorScheme; label: string; icon: unknown }[]

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean)
  return ((words[0]?.[0] ?? '') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toUpperCase()
}

function UserMenu({ isFolded }: { readonly isFolded: boolean }) {
  const { user } = useSession()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const logOut = useMutation({
    mutationFn: () => api.DELETE('/api/v1/session'),
    // A fresh page: nothing of the last user's stays in memory.
    onSuccess: () => window.location.assign('/login'),
    onError: showProblem,
  })
  return (
    <Menu position="top-start" width={224}>
      <Menu.Target>
        <button type="button" className={classes.user} aria-label={t('{name}, {role}: account and look', { name: user.name, role: t(user.role) })}>
          <span className={classes.initials} aria-hidden="true">
            {initialsOf(user.name)}
          </span>
          {!isFolded && (
            <span className={classes.who}>
              <span>{user.name}</span>
              <span className={classes.role}>{t(user.role)}</span>
            </span>
          )}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.email}</Menu.Label>
        {SCHEMES.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            role="menuitemradio"
            aria-checked={colorScheme === value}
            leftSection={<Icon size={16} aria-hidden="true" />}
            rightSection={colorScheme === value ? <span aria-hidden="true">✓</span> : undefined}
            onClick={() => setColorScheme(value)}
          >
            {t(label)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden="true" />} onClick={() => logOut.mutate()}>
          {t('Log out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
