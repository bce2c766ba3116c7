// How is the plan written as code? Export it, or replace a draft by a text; faults are shown at their lines, nothing applied.
import { Button, FileButton, Modal, Skeleton } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { problemOf } from '@/api/problem'
import { CopyButton, downloadText } from '@/kit/Buttons'
import { ErrorState } from '@/kit/Notice'
import { showToast } from '@/kit/Toasts'
import { t } from '@/pure/words'
import { FindingList } from './FindingList'
import { LinedText, type LinedTextHandle } from './LinedText'
import { marksOf } from './marks'
import { readPlanText, replacePlanText } from './plans'
import classes from './Territories.module.css'
import type { Finding, Plan } from './types'
import { forgetSteps } from './useEdits'

type PlanTextDialogProps = { readonly plan: Plan; readonly isEditable: boolean; readonly onClose: () => void }

export function PlanTextDialog({ plan, isEditable, onClose }: PlanTextDialogProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const editor = useRef<LinedTextHandle>(null)
  const stored = useQuery({
    queryKey: ['plan text', plan.id, plan.version],
    queryFn: () => readPlanText(plan.id),
    gcTime: 0,
  })
  const replace = useMutation({
    mutationFn: (text: string) => replacePlanText(plan.id, text),
    onSuccess: () => {
      forgetSteps(plan.id)
      showToast({ title: t('“{name}” now says what the text says', { name: plan.name }) })
      onClose()
    },
    onError: (error) => {
      const first = (problemOf(error).body.findings as readonly Finding[] | undefined)?.find((finding) => finding.line)
      if (first) editor.current?.goTo(first.line ?? 1, first.column ?? 1)
    },
  })
  const text = typed ?? stored.data ?? ''
  const problem = replace.error ? problemOf(replace.error) : null
  const findings = (problem?.body.findings as readonly Finding[] | undefined) ?? []
  const change = (next: string) => {
    setTyped(next)
    replace.reset()
  }
  const fileName = `${plan.name.replace(/[^\w-]+/g, '-').toLowerCase() || 'plan'}.yaml`

  return (
    <Modal
      opened
      onClose={onClose}
      size="80rem"
      title={t('“{name}” as text', { name: plan.name })}
      closeButtonProps={{ 'aria-label': t('Close') }}
    >
      <div className={classes.stack}>
        <div className={classes.toolbar}>
          <Button variant="default" size="compact-sm" disabled={!text} onClick={() => downloadText(fileName, text, 'text/yaml')}>
            {t('Download YAML')}
          </Button>
          <CopyButton text={text} label={t('Copy the text')} />
          {isEditable && (
            <FileButton
              accept=".yaml,.yml,text/yaml"
              inputProps={{ 'aria-label': t('Choose a plan file') }}
              onChange={(file) => void file?.text().then(change)}
            >
              {(props) => (
                <Button {...props} variant="default" size="compact-sm">
                  {t('Load a file…')}
                </Button>
              )}
            </FileButton>
          )}
          <span className="soft small">
            {t('{n, plural, one {# line} other {# lines}}', { n: text ? text.split('\n').length : 0 })}
          </span>
        </div>
        {stored.error ? (
          <ErrorState error={stored.error} onRetry={() => void stored.refetch()} />
        ) : stored.isLoading ? (
          <Skeleton height={300} />
        ) : (
          <LinedText
            label={t('Plan as YAML')}
            value={text}
            onChange={isEditable ? change : undefined}
            marks={marksOf(findings)}
            minRows={16}
            maxRows={22}
            handle={editor}
            describedBy="plan-text-findings"
          />
        )}
        <div id="plan-text-findings" role="status">
          {problem && (
            <>
              <p className={classes.problem}>
                {problem.title}. {problem.detail}
              </p>
              <FindingList findings={findings} onLine={(line, column) => editor.current?.goTo(line, column)} />
            </>
          )}
        </div>
        <div className={classes.dialogButtons}>
          <span className="soft small">
            {isEditable
              ? t('Replacing changes this draft only. It cannot be undone here; the download is the way back.')
              : t('For reading. Open a draft to change it.')}
          </span>
          <Button variant="default" onClick={onClose}>
            {t('Close')}
          </Button>
          {isEditable && (
            <Button
              disabled={typed === null || typed === stored.data}
              loading={replace.isPending}
              onClick={() => replace.mutate(text)}
            >
              {t('Replace the draft')}
            </Button>
          )}
        </div>
      </div>
    </Modal>
  )
}
