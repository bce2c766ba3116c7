// How is a rule put together without writing it? Conditions in groups, read as "all of" and "any of".
import { useMemo } from 'react'
import { QueryBuilder, type RuleGroupType } from 'react-querybuilder'
import { t } from '@/pure/words'
import type { Field } from '../types'
import {
  AddCondition, AddGroup, ClonePart, CombinatorPick, FieldPick, NotCheck, OperatorPick, RemovePart,
} from './controls'
import { builderFields } from './envelope'
import classes from './Rules.module.css'
import { ValueField, type RuleContext } from './ValueField'

type RuleBuilderProps = {
  readonly group: RuleGroupType
  readonly fields: readonly Field[]
  readonly sets: readonly string[]
  readonly onGroup: (group: RuleGroupType) => void
}

const CONTROLS = {
  fieldSelector: FieldPick,
  operatorSelector: OperatorPick,
  combinatorSelector: CombinatorPick,
  valueEditor: ValueField,
  notToggle: NotCheck,
  addRuleAction: AddCondition,
  addGroupAction: AddGroup,
  removeRuleAction: RemovePart,
  removeGroupAction: RemovePart,
  cloneRuleAction: ClonePart,
  cloneGroupAction: ClonePart,
}

const CLASSES = {
  queryBuilder: classes.builder,
  ruleGroup: classes.group,
  header: classes.groupHead,
  body: classes.groupBody,
  rule: classes.rule,
}

export function RuleBuilder({ group, fields, sets, onGroup }: RuleBuilderProps) {
  const known = useMemo(() => builderFields(fields, t), [fields])
  const context = useMemo<RuleContext>(() => ({ sets }), [sets])
  return (
    <QueryBuilder
      fields={known}
      query={group}
      onQueryChange={onGroup}
      context={context}
      controlElements={CONTROLS}
      controlClassnames={CLASSES}
      suppressStandardClassnames
      showNotToggle
      showCloneButtons
      listsAsArrays
      resetOnOperatorChange={false}
      addRuleToNewGroups
      getDefaultField={(known.find((field) => field.name === 'state') ?? known[0])?.name ?? ''}
      accessibleDescriptionGenerator={({ path }) =>
        path.length === 0 ? t('The rule’s conditions') : t('Group {place}', { place: path.map((step) => step + 1).join('.') })
      }
    />
  )
}
