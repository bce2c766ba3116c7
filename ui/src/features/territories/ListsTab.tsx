// Which accounts are named, kept out or locked here, whatever the rule says?
import { ActionIcon, Button, Textarea } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { problemOf } from '@/api/problem'
import { Section } from '@/kit/Page'
import { showToast } from '@/kit/Toasts'
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'
import { patchTerritory } from './edits'
import { LockList } from './LockList'
import type { ChosenPlan } from './plans'
import classes from './Territories.module.css'
import type { ListedAccount, TerritoryDetail } from './types'
import { useEdits } from './useEdits'
import { foldCode, readValues } from './values'

type ListsTabProps = { readonly territory: TerritoryDetail; readonly chosen: ChosenPlan }

export function ListsTab(props: ListsTabProps) {
  return (
    <div className={classes.main}>
      <AccountsOfList
        {...props}
        list="accounts"
        title={t('Named accounts')}
        about={t('They belong here whatever the rules say, unless a lock decides otherwise.')}
      />
      <AccountsOfList
        {...props}
        list="exclude"
        title={t('Excluded accounts')}
        about={t('This territory never claims them, even when it names them.')}
      />
      <LockList {...props} />
    </div>
  )
}

const SHOWN = 200

type AccountsOfListProps = ListsTabProps & {
  readonly list: 'accounts' | 'exclude'
  readonly title: string
  readonly about: string
}

function AccountsOfList({ territory, chosen, list, title, about }: AccountsOfListProps) {
  const rows: readonly ListedAccount[] = list === 'accounts' ? territory.named : territory.exclude
  const [text, setText] = useState('')
  const [error, setError] = useState<unknown>(null)
  const edits = useEdits(chosen.isEditable ? chosen.plan?.id : undefined)
  const problem = error ? problemOf(error) : null
  const ids = rows.map((row) => row.id_text)
  const listed = new Set(ids.map(foldCode))
  const { values, duplicates } = readValues(text)
  const added = values.filter((value) => !listed.has(foldCode(value)))
  const skipped = values.length - added.length + duplicates.length
  const save = async (next: readonly string[], label: string) => {
    try {
      setError(null)
      await edits.edit(patchTerritory(chosen.plan!.id, territory, { [list]: [...next] }, label))
      setText('')
      showToast({ title: label, action: { label: t('Undo'), run: edits.undo } })
    } catch (fault) {
      setError(fault)
    }
  }
  return (
    <Section title={title} aside={<span className="soft small figures">{formatCount(rows.length)}</span>}>
      <p className="soft">{about}</p>
      {rows.length > 0 && (
        <ul className={classes.chips} aria-label={title}>
          {rows.slice(0, SHOWN).map((row) => (
            <li key={row.id_text} className={classes.chip}>
              {row.account_id === null ? (
                <span title={t('No account with this id yet')}>{row.id_text} <span className="soft small">{t('not known yet')}</span></span>
              ) : (
                <Link href={`/accounts/${row.account_id}`}>{row.name ?? row.id_text}</Link>
              )}
              {chosen.isEditable && (
                <ActionIcon
                  size="sm"
                  aria-label={t('Take {name} off the list', { name: row.name ?? row.id_text })}
                  disabled={edits.isBusy}
                  onClick={() =>
                    void save(
                      ids.filter((id) => id !== row.id_text),
                      t('Took {name} off the list of {code}', { name: row.name ?? row.id_text, code: territory.code }),
                    )
                  }
                >
                  <IconX size={14} aria-hidden="true" />
                </ActionIcon>
              )}
            </li>
          ))}
          {rows.length > SHOWN && (
            <li className="soft small">{t('and {n} more; all of them are in the plan’s text', { n: rows.length - SHOWN })}</li>
          )}
        </ul>
      )}
      {chosen.isEditable && (
        <form
          className={classes.stack}
          onSubmit={(event) => {
            event.preventDefault()
            void save([...ids, ...added], t('Added {n, plural, one {# account} other {# accounts}} to {code}', { n: added.length, code: territory.code }))
          }}
        >
          <Textarea
            label={t('Add accounts by id')}
            description={t('One a line, or parted by commas. Ids that are not known yet wait for their account.')}
            autosize
            minRows={2}
            maxRows={8}
            classNames={{ input: classes.mono }}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {problem && <p role="alert" className={classes.problem}>{problem.title}. {problem.detail}</p>}
          <div className={classes.dialogButtons}>
            <span className="soft small" role="status">
              {skipped > 0 && t('{n, plural, one {# id is} other {# ids are}} on the list already or doubled, and left out.', { n: skipped })}
            </span>
            <Button type="submit" variant="default" disabled={added.length === 0} loading={edits.isBusy}>
              {t('Add {n, plural, =0 {accounts} one {# account} other {# accounts}}', { n: added.length })}
            </Button>
          </div>
        </form>
      )}
    </Section>
  )
}
