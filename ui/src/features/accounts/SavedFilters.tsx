// Which filters does the user come back to? Kept under a name on this machine, one click away.
import { ActionIcon, Button, Popover, TextInput } from '@mantine/core'
import { IconBookmark, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useSearch } from 'wouter'
import { t } from '@/pure/words'
import classes from './Accounts.module.css'
import { readViews, storeViews, withView, type SavedView } from './savedViews'

export function SavedFilters() {
  const search = useSearch()
  const [isOpen, setIsOpen] = useState(false)
  const [views, setViews] = useState(readViews)
  const [name, setName] = useState('')
  const store = (next: SavedView[]) => {
    storeViews(next)
    setViews(next)
  }
  return (
    <Popover opened={isOpen} onChange={setIsOpen} position="bottom-end" shadow="md" trapFocus returnFocus width={300}>
      <Popover.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<IconBookmark size={16} aria-hidden="true" />}
          onClick={() => setIsOpen((was) => !was)}
        >
          {t('Saved views')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('Saved views')}>
        <div className={classes.stack}>
          {views.length === 0 ? (
            <p className="soft">{t('None yet. Set filters and a sort order, then keep them under a name.')}</p>
          ) : (
            <ul className={classes.list}>
              {views.map((view) => (
                <li key={view.name} className={classes.rowBetween}>
                  <Link
                    href={view.search ? `/accounts?${view.search}` : '/accounts'}
                    aria-current={view.search === search ? 'true' : undefined}
                    onClick={() => setIsOpen(false)}
                  >
                    {view.name}
                  </Link>
                  <ActionIcon
                    size="sm"
                    aria-label={t('Forget the view {name}', { name: view.name })}
                    onClick={() => store(views.filter((other) => other !== view))}
                  >
                    <IconTrash size={14} aria-hidden="true" />
                  </ActionIcon>
                </li>
              ))}
            </ul>
          )}
          <form
            className={classes.inline}
            onSubmit={(event) => {
              event.preventDefault()
              store(withView(views, { name: name.trim(), search }))
              setName('')
            }}
          >
            <TextInput
              label={t('Keep this view as')}
              value={name}
              maxLength={60}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" disabled={!name.trim()}>{t('Keep')}</Button>
          </form>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
