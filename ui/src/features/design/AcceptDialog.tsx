// What happens when a design is accepted? A draft is made of it; nothing moves before that draft is realigned.
import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { api, useIdempotencyKey } from '@/api/client'
import { queryClient } from '@/api/queries'
import { ConfirmDialog, type Effect } from '@/kit/ConfirmDialog'
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'
import type { Design, Scenario } from './types'

type AcceptDialogProps = { readonly run: Design; readonly scenario: Scenario; readonly onClose: () => void }

export function AcceptDialog({ run, scenario, onClose }: AcceptDialogProps) {
  const [name, setName] = useState(run.scenarios.length > 1 ? `${run.name}, ${t('scenario {n}', { n: scenario.number })}` : run.name)
  const [, navigate] = useLocation()
  const { header } = useIdempotencyKey()
  const accept = useMutation({
    mutationFn: async () => {
      const path = { run_id: run.id, number: scenario.number }
      const params = { path, header }
      return (await api.POST('/api/v1/designs/{run_id}/scenarios/{number}/accept', { params, body: { name: name.trim() || null } })).data!
    },
    onSuccess: async (made) => {
      await queryClient.invalidateQueries()
      navigate(`/territories?plan=${made.plan_id}`)
    },
  })
  const added = run.places.filter((place) => place.is_new).length
  const effects: [Effect, ...Effect[]] = [
    { label: t('Accounts that change territory'), value: formatCount(scenario.flows.reduce((sum, flow) => sum + flow.accounts, 0)) },
    { label: t('New territories, still without a rep'), value: formatCount(added) },
    { label: t('Owners changed now'), value: '0' },
  ]
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('Accept as a scenario')}
      effects={effects}
      after={t('Makes a draft plan that names these accounts in their new territories. Look at it, seat people where needed, then propose it as a realignment.')}
      verb={t('Make the draft')}
      isBusy={accept.isPending}
      error={accept.error}
      onConfirm={() => accept.mutate()}
    >
      <TextInput label={t('Name of the draft')} value={name} maxLength={200} onChange={(event) => setName(event.currentTarget.value)} />
    </ConfirmDialog>
  )
}
