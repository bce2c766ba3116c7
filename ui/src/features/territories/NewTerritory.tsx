// How does a territory come into a draft? With a code that never changes, a name and a place in the tree.
import { Button, Modal, Textarea, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { problemOf } from '@/api/problem'
import { t } from '@/pure/words'
import { addTerritory } from './edits'
import classes from './Territories.module.css'
import { TerritorySelect } from './TerritorySelect'
import type { TerritoryTree } from './types'
import { useEdits } from './useEdits'

type NewTerritoryProps = {
  readonly planId: number
  readonly tree: TerritoryTree | undefined
  /** The parent to start with. */
  readonly under?: string
}

export function NewTerritoryButton(props: NewTerritoryProps) {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconPlus size={16} aria-hidden="true" />}
        onClick={() => setIsOpen(true)}
      >
        {props.under ? t('Add a territory below') : t('Add a territory')}
      </Button>
      {isOpen && <NewTerritoryDialog {...props} onClose={() => setIsOpen(false)} />}
    </>
  )
}

function NewTerritoryDialog({ planId, tree, under, onClose }: NewTerritoryProps & { readonly onClose: () => void }) {
  const [, navigate] = useLocation()
  const [code, setCode] = useState('')
  const [name, setName] = useState('')
  const [parent, setParent] = useState<string | null>(under ?? null)
  const [description, setDescription] = useState('')
  const [error, setError] = useState<unknown>(null)
  const edits = useEdits(planId)
  const isTaken = tree?.territories.some((row) => row.code === code.trim()) ?? false
  const problem = error ? problemOf(error) : null
  const save = async () => {
    const wanted = code.trim()
    try {
      await edits.edit(
        addTerritory(planId, { code: wanted, name: name.trim() || wanted, parent, description: description.trim() }),
      )
      navigate(`/territories/${encodeURIComponent(wanted)}?plan=${planId}`)
      onClose()
    } catch (fault) {
      setError(fault)
    }
  }
  return (
    <Modal opened onClose={onClose} title={t('A new territory')} closeButtonProps={{ 'aria-label': t('Close') }}>
      <form
        className={classes.stack}
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <TextInput
          label={t('Code')}
          description={t('Short and lasting: rules, imports and history refer to it.')}
          required
          value={code}
          error={isTaken && t('This plan has a territory with this code already.')}
          onChange={(event) => setCode(event.currentTarget.value)}
          data-autofocus
        />
        <TextInput label={t('Name')} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TerritorySelect
          label={t('Below')}
          description={t('Left empty, it stands at the top of the first layer.')}
          plan={String(planId)}
          value={parent}
          onValue={setParent}
          isClearable
        />
        <Textarea
          label={t('Description')}
          autosize
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <p className="soft small">{t('It claims no account until it has a rule or named accounts.')}</p>
        {problem && <p role="alert" className={classes.problem}>{problem.title}. {problem.detail}</p>}
        <div className={classes.dialogButtons}>
          <Button variant="default" onClick={onClose}>{t('Cancel')}</Button>
          <Button type="submit" loading={edits.isBusy} disabled={!code.trim() || isTaken}>
            {t('Add to the draft')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
