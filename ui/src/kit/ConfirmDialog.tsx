// What will this deed do, in numbers? Asked before anything that cannot simply be taken back.
import { Button, Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { problemOf } from '@/api/problem'
import { t } from '@/pure/words'
import { BeforeAfter, type BeforeAfterProps } from './Figure'
import classes from './ConfirmDialog.module.css'

export type Effect = { readonly label: string; readonly value?: string; readonly change?: BeforeAfterProps }

export type ConfirmDialogProps = {
  readonly opened: boolean
  readonly onClose: () => void
  /** The deed as a question-free title: "Move 214 accounts to Pacific North". */
  readonly title: string
  /** What it changes, in numbers; at least one line, never a bare "are you sure". */
  readonly effects: readonly [Effect, ...Effect[]]
  /** The button: a verb with its effect. */
  readonly verb: string
  readonly onConfirm: () => void
  readonly isBusy?: boolean
  readonly tone?: 'plain' | 'stop'
  readonly error?: unknown
  /** How it can be undone, or that it cannot. */
  readonly after?: ReactNode
  /** Inputs the deed needs: a reason, a choice. */
  readonly children?: ReactNode
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, onClose, title, effects, verb, onConfirm, isBusy, tone = 'plain', error, after, children } = props
  const problem = error ? problemOf(error) : null
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('Close') }}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault()
          onConfirm()
        }}
      >
        <dl className={classes.effects}>
          {effects.map((effect) => (
            <div key={effect.label} className={classes.effect}>
              <dt>{effect.label}</dt>
              <dd>{effect.change ? <BeforeAfter {...effect.change} /> : effect.value}</dd>
            </div>
          ))}
        </dl>
        {children}
        {after && <p className="soft">{after}</p>}
        {problem && (
          <p role="alert" className={classes.error}>
            {problem.title}. {problem.detail}
          </p>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            {t('Cancel')}
          </Button>
          <Button type="submit" loading={isBusy} color={tone === 'stop' ? 'var(--stop-fill)' : undefined}>
            {verb}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
