// What just happened? Short notes in the corner, read out to those who cannot see them.
import { Button, CloseButton } from '@mantine/core'
import { useEffect, useSyncExternalStore } from 'react'
import { problemOf } from '@/api/problem'
import { t } from '@/pure/words'
import classes from './Toasts.module.css'

export type Toast = {
  readonly title: string
  readonly body?: string
  readonly tone?: 'ok' | 'stop'
  /** The way back or forward: "Undo", "Open". */
  readonly action?: { readonly label: string; readonly run: () => void }
}

type Shown = Toast & { readonly id: number }

let shown: readonly Shown[] = []
let lastId = 0
const listeners = new Set<() => void>()

function publish(next: readonly Shown[]): void {
  shown = next
  for (const tell of listeners) tell()
}

/** Shows a note; failures stay until closed, the others leave after six seconds. */
export function showToast(toast: Toast): void {
  publish([...shown.slice(-3), { ...toast, id: ++lastId }])
}

export function showProblem(error: unknown): void {
  const problem = problemOf(error)
  showToast({ title: problem.title, body: problem.detail, tone: 'stop' })
}

function dismissToast(id: number): void {
  publish(shown.filter((toast) => toast.id !== id))
}

function listenToasts(tell: () => void): () => void {
  listeners.add(tell)
  return () => listeners.delete(tell)
}

export function Toasts() {
  const toasts = useSyncExternalStore(listenToasts, () => shown)
  return (
    <div className={classes.stack} role="region" aria-label={t('Messages')} aria-live="polite">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

function ToastCard({ toast }: { readonly toast: Shown }) {
  const staysOpen = toast.tone === 'stop'
  useEffect(() => {
    if (staysOpen) return
    const timer = setTimeout(() => dismissToast(toast.id), 6000)
    return () => clearTimeout(timer)
  }, [toast.id, staysOpen])
  return (
    <div className={`${classes.toast} ${staysOpen ? classes.stop : ''}`} role={staysOpen ? 'alert' : undefined}>
      <div className={classes.text}>
        <strong>{toast.title}</strong>
        {toast.body && <span className="soft">{toast.body}</span>}
      </div>
      {toast.action && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            toast.action?.run()
            dismissToast(toast.id)
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <CloseButton size="sm" aria-label={t('Close')} onClick={() => dismissToast(toast.id)} />
    </div>
  )
}
