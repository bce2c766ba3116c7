// What does a page say when there is nothing, when it waits, or when something failed?
import { Button, Loader } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { problemOf } from '@/api/problem'
import { t } from '@/pure/words'
import classes from './Notice.module.css'

export type EmptyStateProps = {
  readonly title: string
  /** What to do next, in a sentence. */
  readonly next?: ReactNode
  readonly action?: ReactNode
  readonly icon?: ReactNode
}

export function EmptyState({ title, next, action, icon }: EmptyStateProps) {
  return (
    <div className={classes.notice}>
      {icon && <div className={classes.icon}>{icon}</div>}
      <h2>{title}</h2>
      {next && <p className={classes.text}>{next}</p>}
      {action && <div className={classes.action}>{action}</div>}
    </div>
  )
}

export type ErrorStateProps = {
  /** Anything thrown: a Problem from the server, a network failure, a bug. */
  readonly error: unknown
  /** What the user's data is after the failure; reading pages keep the default. */
  readonly kept?: string
  readonly onRetry?: () => void
}

/** Says what happened, what was kept and what to do. */
export function ErrorState({ error, kept, onRetry }: ErrorStateProps) {
  const problem = problemOf(error)
  return (
    <div className={classes.notice} role="alert">
      <div className={classes.stop}>
        <IconAlertTriangle size={24} aria-hidden="true" />
      </div>
      <h2>{problem.title}</h2>
      <p className={classes.text}>{problem.detail}</p>
      <p className={classes.text}>{kept ?? t('Nothing was changed.')}</p>
      {onRetry && (
        <div className={classes.action}>
          <Button variant="default" onClick={onRetry}>
            {t('Try again')}
          </Button>
        </div>
      )}
      {problem.code && <p className={classes.code}>{problem.code}</p>}
    </div>
  )
}

export function Waiting({ label = t('Loading…') }: { readonly label?: string }) {
  return (
    <div className={classes.waiting} role="status">
      <Loader size={16} color="gray" aria-hidden="true" />
      <span>{label}</span>
    </div>
  )
}
