// What does the rule say? Three faces of one rule: built from parts, written as text, read as words.
import { Button, SegmentedControl, Skeleton } from '@mantine/core'
import { useRef, useState } from 'react'
import { t } from '@/pure/words'
import { FindingList } from '../FindingList'
import { LinedText, type LinedTextHandle } from '../LinedText'
import { marksOf } from '../marks'
import type { Field } from '../types'
import { RuleBuilder } from './RuleBuilder'
import classes from './Rules.module.css'
import { startGroup, type RuleState } from './useRule'

type Face = 'visual' | 'text' | 'words'

type RuleEditorProps = {
  readonly rule: RuleState
  readonly fields: readonly Field[]
  readonly sets: readonly string[]
  readonly isEditable: boolean
}

export function RuleEditor({ rule, fields, sets, isEditable }: RuleEditorProps) {
  const [picked, setPicked] = useState<Face>(isEditable ? 'visual' : 'words')
  const editor = useRef<LinedTextHandle>(null)
  const face = !isEditable && picked === 'visual' ? 'words' : picked
  if (rule.text === null && !rule.group) {
    return (
      <div className={classes.words}>
        <span>{t('No rule of its own')}</span>
        <p>{t('It claims no account by rule: only accounts it names, and what its branches claim.')}</p>
        {isEditable && (
          <Button mt="sm" size="compact-sm" variant="default" onClick={() => rule.build(startGroup())}>
            {t('Write a rule')}
          </Button>
        )}
      </div>
    )
  }
  const faces = [
    ...(isEditable ? [{ value: 'visual', label: t('Build') }] : []),
    { value: 'text', label: t('Text') },
    { value: 'words', label: t('Words') },
  ]
  return (
    <>
      <div className={classes.tabs}>
        <SegmentedControl
          size="xs"
          aria-label={t('How to show the rule')}
          data={faces}
          value={face}
          onChange={(next) => setPicked(next as Face)}
        />
        {isEditable && (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={rule.remove}>
            {t('Remove the rule')}
          </Button>
        )}
      </div>
      {face === 'visual' && <VisualFace rule={rule} fields={fields} sets={sets} onText={() => setPicked('text')} />}
      {face === 'text' && (
        <LinedText
          label={t('Rule as text')}
          value={rule.text ?? ''}
          onChange={isEditable ? rule.typeText : undefined}
          marks={marksOf(rule.findings)}
          handle={editor}
          describedBy="rule-findings"
        />
      )}
      {face !== 'words' && rule.parsed && (
        <div className={`${classes.words} ${rule.isSettled ? '' : classes.stale}`}>
          <span>{t('In words')}</span>
          {rule.parsed.words}
        </div>
      )}
      {face === 'words' && <div className={classes.words}>{rule.parsed?.words ?? t('The rule cannot be read yet.')}</div>}
      <div id="rule-findings" role="status" className={classes.findings}>
        {rule.findings.length > 0 && (
          <FindingList findings={rule.findings} onLine={(line, column) => editor.current?.goTo(line, column)} />
        )}
      </div>
    </>
  )
}

type VisualFaceProps = Pick<RuleEditorProps, 'rule' | 'fields' | 'sets'> & { readonly onText: () => void }

function VisualFace({ rule, fields, sets, onText }: VisualFaceProps) {
  if (rule.group && fields.length > 0) {
    return (
      <>
        <RuleBuilder group={rule.group} fields={fields} sets={sets} onGroup={rule.build} />
        {rule.group.rules.length === 0 && (
          <p className="soft small">{t('Without a condition the rule is “all”: it claims everything its ancestors let through.')}</p>
        )}
      </>
    )
  }
  if (!rule.isFaulty) return <Skeleton height={96} />
  return (
    <div className={classes.words}>
      <p>{t('The text cannot be read, so it has no parts to show. What you typed is kept.')}</p>
      <Button size="compact-sm" variant="default" mt="sm" onClick={onText}>
        {t('Mend the text')}
      </Button>
    </div>
  )
}
