// What surrounds every page? The rail, the search, the keys that lead from place to place.
import { Burger, Drawer } from '@mantine/core'
import { useDisclosure, useHotkeys, useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { useEffect, useRef, type ReactNode } from 'react'
import { useLocation } from 'wouter'
import { useSession } from '@/api/session'
import { useShortcuts } from '@/kit/Shortcuts'
import { t } from '@/pure/words'
import classes from './Frame.module.css'
import { Rail } from './Rail'
import { navRoutes } from './routes'
import { Search } from './Search'

export function Frame({ children }: { readonly children: ReactNode }) {
  const session = useSession()
  const [path, navigate] = useLocation()
  const [isFolded, setFolded] = useLocalStorage({ key: 'rail.folded', defaultValue: false, getInitialValueInEffect: false })
  const [searching, search] = useDisclosure(false)
  const [drawer, setDrawer] = useDisclosure(false)
  const isNarrow = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })
  const main = useRef<HTMLElement>(null)
  useHotkeys([['mod+K', search.open]], [])
  useShortcuts(t('Anywhere'), [
    { keys: '/', label: t('Search'), run: search.open },
    { keys: '[', label: t('Fold the navigation'), run: () => setFolded((was) => !was) },
  ])
  useShortcuts(
    t('Go to'),
    navRoutes(session.may).map((route) => ({
      keys: `g ${route.nav.letter}`,
      label: t(route.nav.label),
      run: () => navigate(route.path),
    })),
  )
  const place = path.split('/')[1]
  const { close: closeDrawer } = setDrawer
  useEffect(() => {
    closeDrawer()
    main.current?.scrollTo(0, 0)
  }, [path, closeDrawer])

  return (
    <div className={classes.frame} data-folded={isFolded || undefined}>
      <a href="#main" className={classes.skip}>
        {t('Skip to the page')}
      </a>
      {isNarrow ? (
        <header className={classes.top}>
          <Burger size="sm" opened={drawer} onClick={setDrawer.toggle} aria-label={t('Navigation')} />
          <strong>{session.organisation.name}</strong>
        </header>
      ) : (
        <Rail isFolded={isFolded} onFold={() => setFolded(!isFolded)} onSearch={search.open} />
      )}
      <main id="main" ref={main} tabIndex={-1} className={classes.main} data-place={place || 'home'}>
        {children}
      </main>
      {isNarrow && (
        <Drawer.Root opened={drawer} onClose={setDrawer.close} size={264}>
          <Drawer.Overlay />
          <Drawer.Content aria-label={t('Navigation')}>
            <Drawer.Body p={0} h="100%">
              <Rail isFolded={false} onSearch={search.open} />
            </Drawer.Body>
          </Drawer.Content>
        </Drawer.Root>
      )}
      <Search opened={searching} onClose={search.close} />
    </div>
  )
}
