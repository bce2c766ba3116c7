// To which territory shall these accounts move, for how long? The choice first, then the effect and the proposal.
import { Button, Modal, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { t } from '@/pure/words'
import { ProposeDialog } from '../territories/ProposeDialog'
import { TerritorySelect } from '../territories/TerritorySelect'
import { countTargets } from './targets'
import type { AccountRow } from './types'
import classes from './Accounts.module.css'

type MoveAccountsDialogProps = {
  readonly accounts: readonly Pick<AccountRow, 'id' | 'name' | 'misplaced'>[]
  readonly onClose: () => void
  /** Known already: the choice is skipped. */
  readonly territory?: string
}

export function MoveAccountsDialog({ accounts, onClose, territory }: MoveAccountsDialogProps) {
  const targets = useMemo(() => countTargets(accounts), [accounts])
  const [code, setCode] = useState<string | null>(territory ?? (targets.length === 1 ? targets[0]!.code : null))
  const [until, setUntil] = useState('')
  const [isChosen, setIsChosen] = useState(territory !== undefined)
  // Accounts that belong elsewhere by their own data stay out when the chosen territory is one of several suggestions.
  const [isFittingOnly, setIsFittingOnly] = useState(true)
  const suggested = targets.find((target) => target.code === code)
  const moving =
    suggested && targets.length > 1 && isFittingOnly
      ? accounts.filter((account) => account.misplaced?.belongs_to.some((one) => one.code === code))
      : accounts

  if (isChosen && code) {
    return (
      <ProposeDialog
        title={t('Move {n, plural, one {# account} other {# accounts}} to {code}', { n: moving.length, code })}
        intent={{
          kind: 'accounts',
          account_ids: moving.map((account) => account.id),
          territory: code,
          until_on: until || null,
        }}
        suggestedTitle={
          moving.length === 1
            ? t('{name} to {code}', { name: moving[0]!.name, code })
            : t('{n, plural, one {# account} other {# accounts}} to {code}', { n: moving.length, code })
        }
        onClose={onClose}
      />
    )
  }
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('Where shall {n, plural, one {this account} other {these # accounts}} move?', { n: accounts.length })}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault()
          if (code) setIsChosen(true)
        }}
      >
        {targets.length > 0 && (
          <div>
            <span className={classes.fieldLabel}>{t('Where they belong by their data')}</span>
            <div className={classes.choices}>
              {targets.slice(0, 8).map((target) => (
                <Button
                  key={target.code}
                  size="compact-sm"
                  variant={target.code === code ? 'filled' : 'default'}
                  aria-pressed={target.code === code}
                  onClick={() => setCode(target.code)}
                >
                  {target.name} ({target.accounts})
                </Button>
              ))}
            </div>
          </div>
        )}
        <TerritorySelect label={t('Territory')} value={code} onValue={setCode} isAssignableOnly isRequired />
        {suggested && targets.length > 1 && (
          <label className={classes.check}>
            <input type="checkbox" checked={isFittingOnly} onChange={(event) => setIsFittingOnly(event.currentTarget.checked)} />
            {t('Only {n, plural, one {the account that belongs} other {the # accounts that belong}} there', {
              n: suggested.accounts,
            })}
          </label>
        )}
        <TextInput
          type="date"
          label={t('Until (optional)')}
          description={t('Empty: for good. A date makes it a loan that ends by itself.')}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" disabled={!code}>
            {t('Show the effect on {n, plural, one {# account} other {# accounts}}', { n: moving.length })}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
