// Which accounts does this territory claim by rule? The rule, what it means with its ancestors, and its effect before saving.
import { Button } from '@mantine/core'
import { useState } from 'react'
import { problemOf } from '@/api/problem'
import { Section } from '@/kit/Page'
import { showToast } from '@/kit/Toasts'
import { t } from '@/pure/words'
import { RuleFindings } from '../../findings/RuleFindings'
import { patchTerritory } from '../edits'
import type { ChosenPlan } from '../plans'
import { useFields, useRulePreview, useValueSets } from '../reading'
import styles from '../Territories.module.css'
import type { TerritoryDetail } from '../types'
import { useEdits } from '../useEdits'
import { ValueSetsDialog } from '../ValueSetsDialog'
import { RuleEditor } from './RuleEditor'
import { RuleEffect } from './RuleEffect'
import { useRule } from './useRule'

const NO_FIELDS = [] as const

export function RulePanel({ territory, chosen }: { readonly territory: TerritoryDetail; readonly chosen: ChosenPlan }) {
  const planId = chosen.plan?.id
  const fields = useFields(chosen.param).data ?? NO_FIELDS
  const sets = useValueSets(planId)
  const stored = territory.rule?.text ?? null
  const rule = useRule(stored, { territory: territory.code, planId, fields })
  const edits = useEdits(chosen.isEditable ? planId : undefined)
  const [error, setError] = useState<unknown>(null)
  const [isSetsOpen, setIsSetsOpen] = useState(false)
  const mayAsk = rule.isSettled && !rule.isFaulty
  const text = rule.text === null ? null : (rule.parsed?.text ?? rule.text)
  const preview = useRulePreview(
    { planId, territory: territory.code, text, priority: territory.own_priority },
    planId !== undefined && mayAsk,
  )
  const effective = rule.parsed ? rule.parsed.effective : rule.text === null ? null : territory.effective_rule
  const problem = error ? problemOf(error) : null
  const save = async () => {
    const label = t(text === null ? 'Removed the rule of {code}' : 'Changed the rule of {code}', { code: territory.code })
    try {
      setError(null)
      await edits.edit(patchTerritory(planId!, territory, { rule: text }, label))
      rule.revert()
      showToast({ title: label, action: { label: t('Undo'), run: edits.undo } })
    } catch (fault) {
      setError(fault)
    }
  }
  return (
    <div className={styles.columns}>
      <div className={styles.main}>
        <Section
          title={t('Rule')}
          aside={
            <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setIsSetsOpen(true)}>
              {t('Value sets…')}
            </Button>
          }
        >
          <RuleEditor
            key={chosen.isEditable ? 'edit' : 'read'}
            rule={rule}
            fields={fields}
            sets={sets.data?.map((set) => set.name) ?? []}
            isEditable={chosen.isEditable}
          />
          {problem && <p role="alert" className={styles.problem}>{problem.title}. {problem.detail}</p>}
          {rule.isChanged && (
            <div className={styles.dialogButtons}>
              <span className="soft small">{t('Not saved yet.')}</span>
              <Button variant="default" onClick={rule.revert}>{t('Revert')}</Button>
              <Button loading={edits.isBusy} disabled={!rule.isSettled || rule.isFaulty} onClick={() => void save()}>
                {t('Save to the draft')}
              </Button>
            </div>
          )}
        </Section>
        <RuleFindings
          rule={{ planId, territory: territory.code, text, priority: territory.own_priority }}
          plan={chosen.param}
          isAsked={planId !== undefined && mayAsk}
        />
        <Section title={t('With its ancestors')}>
          {effective ? (
            <>
              <p>{effective.words}</p>
              <code className={`${styles.mono} soft`}>{effective.text}</code>
            </>
          ) : (
            <p className="soft">{t('Nothing is claimed by rule here.')}</p>
          )}
          {!territory.inherit && <p className="soft small">{t('This territory does not inherit: its ancestors’ rules do not narrow it.')}</p>}
        </Section>
      </div>
      <div className={styles.aside}>
        <Section title={t(rule.isChanged ? 'What this change would do' : 'What the rule does now')}>
          <RuleEffect
            preview={preview.data}
            error={mayAsk ? preview.error : null}
            isStale={!mayAsk || preview.isPlaceholderData}
            isChanged={rule.isChanged}
            territory={territory.code}
          />
        </Section>
      </div>
      {isSetsOpen && planId !== undefined && (
        <ValueSetsDialog planId={planId} isEditable={chosen.isEditable} onClose={() => setIsSetsOpen(false)} />
      )}
    </div>
  )
}
