// Is this the plan that is live, or a draft of the next one? What has changed, is it sound, and how does it become real?
import { Button, Menu } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconArrowBackUp, IconArrowForwardUp, IconChevronDown, IconDots, IconPencil } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { useMay } from '@/api/session'
import { StatusBadge } from '@/kit/StatusBadge'
import { t } from '@/pure/words'
import { LayersDialog } from '../layers/LayersDialog'
import { DiscardDraft } from './DiscardDraft'
import { DraftChooser } from './DraftChooser'
import { OutdatedDraft } from './OutdatedDraft'
import { PlanChanges } from './PlanChanges'
import { PlanTextDialog } from './PlanTextDialog'
import type { ChosenPlan } from './plans'
import { ProposeDialog } from './ProposeDialog'
import classes from './Territories.module.css'
import { useEdits } from './useEdits'
import { ValueSetsDialog } from './ValueSetsDialog'

type Open = 'choose' | 'changes' | 'propose' | 'text' | 'sets' | 'layers' | 'discard' | null

export function DraftBar({ chosen }: { readonly chosen: ChosenPlan }) {
  const [open, setOpen] = useState<Open>(null)
  const mayPropose = useMay('propose')
  const { plan, isEditable } = chosen
  const edits = useEdits(isEditable ? plan?.id : undefined)
  useHotkeys([
    ['mod+z', edits.undo],
    ['mod+shift+z', edits.redo],
  ])
  const close = () => setOpen(null)
  const isDraft = chosen.param !== 'active'
  const seesWhole = useMay('edit_territories') || useMay('audit')
  const mayCheck = plan && (seesWhole || isEditable)
  const count = plan?.change_count ?? 0

  return (
    <section className={classes.draftBar} data-draft={isDraft || undefined} aria-label={t('Plan')}>
      <div className={classes.draftName}>
        <StatusBadge tone={isDraft ? 'accent' : 'ok'}>{t(plan?.status ?? 'active')}</StatusBadge>
        <strong>{plan?.name ?? t('Live plan')}</strong>
        <span className="soft small">{describePlan(chosen)}</span>
      </div>
      <div className={classes.draftActions}>
        {isEditable && (
          <>
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              leftSection={<IconArrowBackUp size={16} aria-hidden="true" />}
              disabled={!edits.last || edits.isBusy}
              onClick={edits.undo}
              title={edits.last ? t('Take back: {edit} (Ctrl Z)', { edit: edits.last }) : undefined}
            >
              {t('Undo')}
            </Button>
            <Button
              size="compact-sm"
              variant="subtle"
              color="gray"
              leftSection={<IconArrowForwardUp size={16} aria-hidden="true" />}
              disabled={!edits.next || edits.isBusy}
              onClick={edits.redo}
              title={edits.next ? t('Do again: {edit} (Ctrl Shift Z)', { edit: edits.next }) : undefined}
            >
              {t('Redo')}
            </Button>
          </>
        )}
        {mayCheck && (
          <Button component={Link} href={chosen.link('/findings')} size="compact-sm" variant="default">
            {t('Check plan')}
          </Button>
        )}
        {isDraft && plan && (
          <>
            <Button size="compact-sm" variant="default" onClick={() => setOpen('changes')}>
              {t('{n, plural, =0 {No changes} one {# change} other {# changes}}', { n: count })}
            </Button>
            {isEditable && mayPropose && (
              <Button
                size="compact-sm"
                disabled={count === 0 || plan.is_outdated}
                title={plan.is_outdated ? t('Bring the draft up to date first.') : undefined}
                onClick={() => setOpen('propose')}
              >
                {t('Propose as realignment…')}
              </Button>
            )}
          </>
        )}
        {chosen.mayEdit && (
          <Button
            size="compact-sm"
            variant={isDraft ? 'default' : 'filled'}
            leftSection={isDraft ? undefined : <IconPencil size={16} aria-hidden="true" />}
            rightSection={isDraft ? <IconChevronDown size={14} aria-hidden="true" /> : undefined}
            onClick={() => setOpen('choose')}
          >
            {isDraft ? t('Switch plan') : t('Edit in a draft')}
          </Button>
        )}
        {plan && (
          <Menu position="bottom-end">
            <Menu.Target>
              <Button size="compact-sm" variant="subtle" color="gray" aria-label={t('More about this plan')}>
                <IconDots size={16} aria-hidden="true" />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => setOpen('text')}>
                {isEditable ? t('Plan as text: export or replace…') : t('Plan as text…')}
              </Menu.Item>
              <Menu.Item onClick={() => setOpen('layers')}>{t('Layers…')}</Menu.Item>
              <Menu.Item component={Link} href={chosen.link('/territories/lists')}>{t('Lists and their users')}</Menu.Item>
              <Menu.Item onClick={() => setOpen('sets')}>{t('Value sets…')}</Menu.Item>
              {isEditable && (
                <Menu.Item color="var(--stop)" onClick={() => setOpen('discard')}>
                  {t('Discard this draft…')}
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {plan && isEditable && plan.is_outdated && <OutdatedDraft key={plan.id} plan={plan} />}
      {open === 'choose' && <DraftChooser chosen={chosen} onClose={close} />}
      {plan && open === 'changes' && <PlanChanges plan={plan} chosen={chosen} onClose={close} />}
      {plan && open === 'text' && <PlanTextDialog plan={plan} isEditable={isEditable} onClose={close} />}
      {plan && open === 'layers' && <LayersDialog planId={plan.id} isEditable={isEditable} onClose={close} />}
      {plan && open === 'sets' && <ValueSetsDialog planId={plan.id} isEditable={isEditable} onClose={close} />}
      {plan && open === 'discard' && <DiscardDraft plan={plan} chosen={chosen} onClose={close} />}
      {plan && open === 'propose' && (
        <ProposeDialog
          title={t('Propose “{name}” as a realignment', { name: plan.name })}
          intent={{ kind: 'plan', plan_id: plan.id }}
          suggestedTitle={plan.name}
          onClose={close}
        />
      )}
    </section>
  )
}

function describePlan({ plan, param, drafts, mayEdit }: ChosenPlan): string {
  if (param === 'active') {
    if (!mayEdit) return t('What is in force now.')
    return t('In force now. Changes are made in a draft and reach it by a realignment. {n, plural, =0 {} one {# draft open.} other {# drafts open.}}', {
      n: drafts.length,
    })
  }
  if (!plan) return t('This plan is not known. Choose another one.')
  if (plan.status === 'draft') return t('A draft. Nothing moves until its realignment is approved and executed.')
  if (plan.status === 'staged') return t('Proposed as a realignment, so it cannot be changed. Reject or cancel the proposal to edit again.')
  return t('A plan of the past, for reading.')
}
