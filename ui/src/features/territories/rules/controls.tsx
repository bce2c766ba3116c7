// What does the rule builder look like? Its own parts, each with a label that says which condition it belongs to.
import { ActionIcon, Button, Checkbox, NativeSelect } from '@mantine/core'
import { IconCopy, IconPlus, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type {
  ActionProps, CombinatorSelectorProps, FieldSelectorProps, NotToggleProps, OperatorSelectorProps, Path,
} from 'react-querybuilder'
import { t } from '@/pure/words'

/** "2.1": the first condition of the second group; counts from 1 as people do. */
export function placeOf(path: Path): string {
  return path.length === 0 ? t('whole rule') : path.map((step) => step + 1).join('.')
}

type Choice = { name: string; label: string }

function flat(options: readonly unknown[]): Choice[] {
  return options.flatMap((option) =>
    typeof option === 'object' && option !== null && 'options' in option
      ? flat((option as { options: readonly unknown[] }).options)
      : [option as Choice],
  )
}

type PickProps = {
  readonly label: string
  readonly value: string | undefined
  readonly options: readonly unknown[]
  readonly isDisabled?: boolean
  readonly width: number
  readonly onPick: (value: string) => void
}

function Pick({ label, value, options, isDisabled, width, onPick }: PickProps) {
  return (
    <NativeSelect
      aria-label={label}
      size="xs"
      w={width}
      value={value}
      disabled={isDisabled}
      data={flat(options).map(({ name, label: text }) => ({ value: name, label: text }))}
      onChange={(event) => onPick(event.currentTarget.value)}
    />
  )
}

export function FieldPick(props: FieldSelectorProps) {
  return (
    <Pick
      label={t('Field of condition {place}', { place: placeOf(props.path) })}
      value={props.value}
      options={props.options}
      isDisabled={props.disabled}
      width={150}
      onPick={props.handleOnChange}
    />
  )
}

export function OperatorPick(props: OperatorSelectorProps) {
  return (
    <Pick
      label={t('Comparison of condition {place}', { place: placeOf(props.path) })}
      value={props.value}
      options={props.options}
      isDisabled={props.disabled}
      width={130}
      onPick={props.handleOnChange}
    />
  )
}

export function CombinatorPick(props: CombinatorSelectorProps) {
  return (
    <Pick
      label={t('How the conditions of {place} combine', { place: placeOf(props.path) })}
      value={props.value}
      options={[
        { name: 'and', label: t('all of') },
        { name: 'or', label: t('any of') },
      ]}
      isDisabled={props.disabled}
      width={96}
      onPick={props.handleOnChange}
    />
  )
}

export function NotCheck(props: NotToggleProps) {
  return (
    <Checkbox
      size="xs"
      label={t('not')}
      aria-label={t('Turn {place} around: not', { place: placeOf(props.path) })}
      checked={!!props.checked}
      disabled={props.disabled}
      onChange={(event) => props.handleOnChange(event.currentTarget.checked)}
    />
  )
}

function AddButton({ action, children, label }: { readonly action: ActionProps; readonly children: ReactNode; readonly label: string }) {
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      leftSection={<IconPlus size={14} aria-hidden="true" />}
      aria-label={label}
      disabled={action.disabled}
      onClick={(event) => action.handleOnClick(event)}
    >
      {children}
    </Button>
  )
}

export function AddCondition(props: ActionProps) {
  return (
    <AddButton action={props} label={t('Add a condition to {place}', { place: placeOf(props.path) })}>
      {t('Condition')}
    </AddButton>
  )
}

export function AddGroup(props: ActionProps) {
  return (
    <AddButton action={props} label={t('Add a group to {place}', { place: placeOf(props.path) })}>
      {t('Group')}
    </AddButton>
  )
}

function IconAction({ action, label, children }: { readonly action: ActionProps; readonly label: string; readonly children: ReactNode }) {
  return (
    <ActionIcon size="sm" aria-label={label} title={label} disabled={action.disabled} onClick={(event) => action.handleOnClick(event)}>
      {children}
    </ActionIcon>
  )
}

export function RemovePart(props: ActionProps) {
  return (
    <IconAction action={props} label={t('Remove {place}', { place: placeOf(props.path) })}>
      <IconX size={14} aria-hidden="true" />
    </IconAction>
  )
}

export function ClonePart(props: ActionProps) {
  return (
    <IconAction action={props} label={t('Copy {place}', { place: placeOf(props.path) })}>
      <IconCopy size={14} aria-hidden="true" />
    </IconAction>
  )
}
