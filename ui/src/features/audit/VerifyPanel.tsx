// Does the whole ledger hold, and does a proof someone sent us? Both are checked here; the ledger can be taken away.
import { Button, FileButton } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { IconDownload, IconFileCheck, IconShieldCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { $api, api } from '@/api/client'
import type { Job } from '@/api/jobs'
import { CopyButton } from '@/kit/Buttons'
import { ProgressPanel } from '@/kit/ProgressPanel'
import { StatusBadge } from '@/kit/StatusBadge'
import { showProblem } from '@/kit/Toasts'
import { useView } from '@/kit/useView'
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'
import classes from './Audit.module.css'
import type { Verdict } from './types'

async function verifyFile(file: File): Promise<Verdict | undefined> {
  const body = JSON.parse(await file.text()) as Record<string, unknown>
  return (await api.POST('/api/v1/audit/verify_proof', { body })).data
}

export function VerifyPanel() {
  const [view, change] = useView()
  const [ended, setEnded] = useState<Job | null>(null)
  const jobId = view.get('job') ? Number(view.get('job')) : null
  const head = $api.useQuery('get', '/api/v1/audit/head')
  const verify = useMutation({
    mutationFn: async () => (await api.POST('/api/v1/audit/verify')).data,
    onSuccess: (started) => {
      setEnded(null)
      if (started) change({ job: started.job_id })
    },
    onError: showProblem,
  })
  const proof = useMutation({ mutationFn: verifyFile, onError: showProblem })
  return (
    <section className={classes.verify} aria-label={t('Verification')}>
      <div className={classes.buttons}>
        <Button leftSection={<IconShieldCheck size={16} aria-hidden="true" />} loading={verify.isPending} onClick={() => verify.mutate()}>
          {t('Verify the whole ledger')}
        </Button>
        <FileButton accept=".json,application/json" onChange={(file) => file && proof.mutate(file)}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFileCheck size={16} aria-hidden="true" />} loading={proof.isPending}>
              {t('Check a proof file…')}
            </Button>
          )}
        </FileButton>
        <Button component="a" href="/api/v1/audit/export" download variant="default" leftSection={<IconDownload size={16} aria-hidden="true" />}>
          {t('Export the ledger')}
        </Button>
        {head.data && (
          <span className={classes.head}>
            <span className="soft small figures">
              {t('Newest head: batch {batch}, {root}…', { batch: formatCount(head.data.batch), root: head.data.root.slice(0, 12) })}
            </span>
            <CopyButton text={head.data.root} label={t('Copy the root, to keep outside this server')} />
          </span>
        )}
      </div>
      {jobId !== null && !ended && <ProgressPanel jobId={jobId} title={t('Verifying every leaf, root and signature')} onEnd={setEnded} />}
      {ended && <LedgerVerdict job={ended} />}
      {proof.data && <ProofVerdict verdict={proof.data} />}
    </section>
  )
}

function LedgerVerdict({ job }: { readonly job: Job }) {
  const isSound = job.status === 'done' && job.result.ok === true
  const sentence = typeof job.result.sentence === 'string' ? job.result.sentence : t('The verification did not finish. Nothing was changed.')
  return (
    <p role="status" className={classes.verdict}>
      <StatusBadge tone={isSound ? 'ok' : 'stop'}>{isSound ? t('Sound') : t('Not sound')}</StatusBadge> {sentence}
    </p>
  )
}

export function ProofVerdict({ verdict }: { readonly verdict: Verdict }) {
  return (
    <div role="status" className={classes.verdict}>
      <StatusBadge tone={verdict.ok ? 'ok' : 'stop'}>{verdict.ok ? t('Proved') : t('Not proved')}</StatusBadge> {verdict.sentence}
      <ol className={classes.proofSteps}>
        {verdict.steps.map((step) => (
          <li key={step.name}>
            <StatusBadge tone={step.ok ? 'ok' : 'stop'}>{step.ok ? t('Holds') : t('Fails')}</StatusBadge> {step.sentence}
          </li>
        ))}
      </ol>
    </div>
  )
}
