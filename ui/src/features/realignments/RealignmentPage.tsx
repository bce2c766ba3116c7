// One realignment from proposal to proof: its impact, its moves, who agreed, and the next step.
import { Button } from '@mantine/core'
import { useCallback, useState } from 'react'
import { Link, useParams } from 'wouter'
import { $api } from '@/api/client'
import { queryClient } from '@/api/queries'
import { ErrorState, Waiting } from '@/kit/Notice'
import { Page, PageHeader } from '@/kit/Page'
import { ProgressPanel } from '@/kit/ProgressPanel'
import { StatusBadge } from '@/kit/StatusBadge'
import { useView } from '@/kit/useView'
import { t } from '@/pure/words'
import { DriftPanel } from './DriftPanel'
import { HistoryPanel } from './HistoryPanel'
import { ImpactFigures, ImpactTables } from './ImpactPanel'
import { MovesPanel } from './MovesPanel'
import { StepDialog, type AskedStep } from './StepDialog'
import { nameDealPolicy, nameKind, nameStatus, toneOf, type Realignment } from './types'
import { useDeeds } from './useDeeds'

export default function RealignmentPage() {
  const id = Number(useParams<{ id: string }>().id)
  const query = $api.useQuery('get', '/api/v1/realignments/{realignment_id}', { params: { path: { realignment_id: id } } })
  if (query.error) {
    return (
      <Page>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </Page>
    )
  }
  if (!query.data) {
    return (
      <Page>
        <Waiting />
      </Page>
    )
  }
  return <LoadedRealignment realignment={query.data} />
}

function LoadedRealignment({ realignment }: { readonly realignment: Realignment }) {
  const [view, change] = useView()
  const [asked, setAsked] = useState<AskedStep | null>(null)
  const jobId = view.get('job') ? Number(view.get('job')) : null
  const deeds = useDeeds(realignment.id, (started) => change({ job: started }))
  const onEnd = useCallback(() => void queryClient.invalidateQueries(), [])
  const isOver = realignment.status === 'executed' || realignment.status === 'stale'

  return (
    <Page>
      <PageHeader
        title={realignment.title}
        trail={[{ label: t('Realignments'), href: '/realignments' }]}
        badge={<StatusBadge tone={toneOf(realignment.status)}>{nameStatus(realignment.status)}</StatusBadge>}
        about={<About realignment={realignment} />}
        actions={<Steps may={realignment.may} onAsk={setAsked} />}
      />
      {jobId !== null && !(isOver && realignment.executed_at) && (
        <ProgressPanel jobId={jobId} title={t('Executing this realignment')} onEnd={onEnd} />
      )}
      {realignment.status === 'stale' && (
        <DriftPanel
          items={realignment.drift}
          mayRebase={realignment.may.includes('rebase')}
          isBusy={deeds.isPending}
          onRebase={() => deeds.mutate({ step: 'rebase', text: '' })}
        />
      )}
      <ImpactFigures impact={realignment.impact} />
      <ImpactTables impact={realignment.impact} />
      <MovesPanel realignment={realignment} />
      <HistoryPanel realignment={realignment} />
      {asked && (
        <StepDialog
          step={asked}
          realignment={realignment}
          isBusy={deeds.isPending}
          error={deeds.error}
          onClose={() => {
            setAsked(null)
            deeds.reset()
          }}
          onConfirm={(text) => deeds.mutate({ step: asked, text }, { onSuccess: () => setAsked(null) })}
        />
      )}
    </Page>
  )
}

function About({ realignment }: { readonly realignment: Realignment }) {
  return (
    <>
      {nameKind(realignment.kind)}. {nameDealPolicy(realignment.deal_policy)}
      {realignment.undoes_id !== null && (
        <>
          {' '}
          <Link href={`/realignments/${realignment.undoes_id}`}>{t('Returns what this one moved.')}</Link>
        </>
      )}
    </>
  )
}

const STEP_BUTTONS: readonly { readonly step: AskedStep; readonly label: string; readonly isMain: boolean }[] = [
  { step: 'cancel', label: 'Cancel…', isMain: false },
  { step: 'reject', label: 'Reject…', isMain: false },
  { step: 'undo', label: 'Undo…', isMain: false },
  { step: 'approve', label: 'Approve…', isMain: true },
  { step: 'execute', label: 'Execute…', isMain: true },
]

function Steps({ may, onAsk }: { readonly may: readonly string[]; readonly onAsk: (step: AskedStep) => void }) {
  return STEP_BUTTONS.filter((button) => may.includes(button.step)).map((button) => (
    <Button key={button.step} variant={button.isMain ? 'filled' : 'default'} onClick={() => onAsk(button.step)}>
      {t(button.label)}
    </Button>
  ))
}
