// What goes when a territory is removed from a draft? Its rule, lists and seats; its branches if the user says so.
import { Radio } from '@mantine/core'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { ConfirmDialog } from '@/kit/ConfirmDialog'
import { showToast } from '@/kit/Toasts'
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'
import { removeTerritory } from './edits'
import type { ChosenPlan } from './plans'
import type { TerritoryDetail } from './types'
import { useEdits } from './useEdits'

type RemoveTerritoryProps = {
  readonly planId: number
  readonly territory: TerritoryDetail
  readonly below: number
  readonly chosen: ChosenPlan
  readonly onClose: () => void
}

export function RemoveTerritory({ planId, territory, below, chosen, onClose }: RemoveTerritoryProps) {
  const [, navigate] = useLocation()
  const [isReparenting, setIsReparenting] = useState(true)
  const [error, setError] = useState<unknown>(null)
  const edits = useEdits(planId)
  const isAlone = below === 0 || isReparenting
  const accounts = isAlone ? territory.totals.own_accounts : territory.totals.accounts
  const remove = async () => {
    try {
      setError(null)
      await edits.edit(removeTerritory(planId, territory.code, isReparenting))
      showToast({ title: t('{code} is removed from the draft', { code: territory.code }) })
      navigate(chosen.link(territory.parent ? `/territories/${encodeURIComponent(territory.parent)}` : '/territories'))
    } catch (fault) {
      setError(fault)
    }
  }
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('Remove {name} from the draft', { name: territory.name })}
      effects={[
        { label: t('Territories removed'), value: formatCount(isAlone ? 1 : below + 1) },
        { label: t('Accounts that other territories claim, or nobody, once the draft is executed'), value: formatCount(accounts) },
        { label: t('Seats removed with it'), value: formatCount(territory.seats.length) },
      ]}
      verb={t('Remove {n, plural, one {# territory} other {# territories}}', { n: isAlone ? 1 : below + 1 })}
      after={t('This step cannot be undone one by one. The live plan keeps the territory until the draft is executed.')}
      tone="stop"
      onConfirm={() => void remove()}
      isBusy={edits.isBusy}
      error={error}
    >
      {below > 0 && (
        <Radio.Group
          label={t('Its {n, plural, one {# branch} other {# branches}}', { n: below })}
          value={isReparenting ? 'keep' : 'remove'}
          onChange={(next) => setIsReparenting(next === 'keep')}
        >
          <Radio value="keep" label={t('go to the territory above')} mt="xs" />
          <Radio value="remove" label={t('are removed too')} mt="xs" />
        </Radio.Group>
      )}
    </ConfirmDialog>
  )
}
