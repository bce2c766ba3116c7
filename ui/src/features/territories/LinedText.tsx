// Where in this text is the fault? A plain text field with line numbers, and marks under what could not be read.
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react'
import classes from './LinedText.module.css'
import { markText, offsetOf, type Mark } from './marks'

export type LinedTextHandle = { readonly goTo: (line: number, column: number) => void }

type LinedTextProps = {
  readonly label: string
  readonly value: string
  readonly onChange?: (value: string) => void
  readonly marks?: readonly Mark[]
  readonly minRows?: number
  readonly maxRows?: number
  readonly describedBy?: string
  readonly handle?: Ref<LinedTextHandle>
  readonly isAutoFocus?: boolean
}

const LINE = 22

export function LinedText({ label, value, onChange, marks = [], minRows = 3, maxRows = 18, ...rest }: LinedTextProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  const under = useRef<HTMLPreElement>(null)
  const gutter = useRef<HTMLPreElement>(null)
  const lines = value.split('\n').length
  const rows = Math.min(maxRows, Math.max(minRows, lines))
  const numbers = Array.from({ length: lines }, (_, place) => place + 1).join('\n')
  const follow = () => {
    if (!field.current) return
    const { scrollTop, scrollLeft } = field.current
    if (under.current) {
      under.current.scrollTop = scrollTop
      under.current.scrollLeft = scrollLeft
    }
    if (gutter.current) gutter.current.scrollTop = scrollTop
  }
  useEffect(follow, [value])
  useImperativeHandle(rest.handle, () => ({
    goTo: (line, column) => {
      const at = offsetOf(value, line, column)
      field.current?.focus()
      field.current?.setSelectionRange(at, at)
      if (field.current) field.current.scrollTop = Math.max(0, (line - 3) * LINE)
    },
  }))
  return (
    <div className={classes.frame} style={{ height: rows * LINE + 18 }} data-faulty={marks.length > 0 || undefined}>
      <pre ref={gutter} className={classes.gutter} aria-hidden="true">{numbers}</pre>
      <div className={classes.area}>
        <pre ref={under} className={classes.under} aria-hidden="true">
          {markText(value, marks).map((part, place) =>
            part.isMarked ? <mark key={place}>{part.text}</mark> : <span key={place}>{part.text}</span>,
          )}
          {'\n'}
        </pre>
        <textarea
          ref={field}
          className={classes.field}
          aria-label={label}
          aria-invalid={marks.length > 0 || undefined}
          aria-describedby={rest.describedBy}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          readOnly={!onChange}
          autoFocus={rest.isAutoFocus}
          value={value}
          onChange={(event) => onChange?.(event.currentTarget.value)}
          onScroll={follow}
        />
      </div>
    </div>
  )
}
