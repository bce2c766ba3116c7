// Which layers cover the market, who may engage when, and what follows a change of an account's data?
import { Button, Drawer, NativeSelect, NumberInput, Select, Skeleton, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { problemOf } from '@/api/problem'
import { useMay } from '@/api/session'
import { ErrorState } from '@/kit/Notice'
import { t } from '@/pure/words'
import classes from '../territories/Territories.module.css'
import { useEdits } from '../territories/useEdits'
import { FAMILIES, PLACEMENTS, POLICIES, removeLayer, ROLES, saveLayer, useLayers, type Layer, type LayerForm } from './layers'

const NEW = '+'

type LayersDialogProps = { readonly planId: number; readonly isEditable: boolean; readonly onClose: () => void }

export function LayersDialog({ planId, isEditable, onClose }: LayersDialogProps) {
  const layers = useLayers(planId)
  const mayEdit = useMay('edit_territories') && isEditable
  const [picked, setPicked] = useState<string | null>(null)
  const code = picked ?? layers.data?.[0]?.code ?? null
  const layer = layers.data?.find((one) => one.code === code)
  return (
    <Drawer opened onClose={onClose} position="right" size="md" title={t('Layers')} closeButtonProps={{ 'aria-label': t('Close') }}>
      {layers.error ? (
        <ErrorState error={layers.error} onRetry={() => void layers.refetch()} />
      ) : !layers.data ? (
        <Skeleton height={240} />
      ) : (
        <div className={classes.stack}>
          <p className="soft">
            {t('An account has at most one territory in each layer. One layer is primary and decides who owns it; the others support or sell beside.')}
          </p>
          <Select
            label={t('Layer')}
            data={[...layers.data.map((one) => one.code), ...(mayEdit ? [{ value: NEW, label: t('New layer…') }] : [])]}
            value={code}
            allowDeselect={false}
            onChange={setPicked}
          />
          <LayerEditor key={code} planId={planId} layer={layer} isEditable={mayEdit} onSaved={setPicked} />
        </div>
      )}
    </Drawer>
  )
}

type LayerEditorProps = {
  readonly planId: number
  readonly layer: Layer | undefined
  readonly isEditable: boolean
  readonly onSaved: (code: string | null) => void
}

const FRESH: LayerForm = { role: 'overlay', credit: null, engagement: '', families: 'apart', placement: 'own', on_change: 'propose' }

function LayerEditor({ planId, layer, isEditable, onSaved }: LayerEditorProps) {
  const [code, setCode] = useState(layer?.code ?? '')
  const [form, setForm] = useState<LayerForm>(layer ?? FRESH)
  const [error, setError] = useState<unknown>(null)
  const edits = useEdits(planId)
  const set = (fields: LayerForm) => setForm((old) => ({ ...old, ...fields }))
  const problem = error ? problemOf(error) : null
  const run = async (deed: Promise<unknown>, next: string | null) => {
    try {
      setError(null)
      await deed
      onSaved(next)
    } catch (fault) {
      setError(fault)
    }
  }
  const save = () => {
    const { role, credit, engagement, families, placement, on_change } = form
    const name = layer?.code ?? code.trim()
    return run(edits.edit(saveLayer(planId, name, { role, credit, engagement, families, placement, on_change }, layer)), name)
  }
  return (
    <form
      className={classes.stack}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      {!layer && <TextInput label={t('Code')} required value={code} onChange={(event) => setCode(event.currentTarget.value)} />}
      <Choice label={t('Role')} names={ROLES} value={form.role} isEditable={isEditable && layer?.role !== 'primary'} onValue={(role) => set({ role })} />
      <Textarea
        label={t('Rules of engagement')}
        description={t('Who may engage when, and who has the first right. Every rep reads it on the account.')}
        autosize
        minRows={2}
        value={form.engagement ?? ''}
        readOnly={!isEditable}
        onChange={(event) => set({ engagement: event.currentTarget.value })}
      />
      <NumberInput
        label={t('Credit')}
        description={t('The share of a deal in percent. Empty: none is said.')}
        suffix=" %"
        min={0}
        max={100}
        value={form.credit ?? ''}
        readOnly={!isEditable}
        onChange={(credit) => set({ credit: credit === '' ? null : Number(credit) })}
      />
      <Choice label={t('Families')} names={FAMILIES} value={form.families} isEditable={isEditable} onValue={(families) => set({ families })} />
      <Choice label={t('Whose address counts')} names={PLACEMENTS} value={form.placement} isEditable={isEditable} onValue={(placement) => set({ placement })} />
      <Choice
        label={t('When an account’s data make it belong elsewhere')}
        names={POLICIES}
        value={form.on_change}
        isEditable={isEditable}
        onValue={(on_change) => set({ on_change })}
      />
      {problem && <p role="alert" className={classes.problem}>{problem.title}. {problem.detail}</p>}
      {isEditable && (
        <div className={classes.dialogButtons}>
          {layer && layer.role !== 'primary' && (
            <Button variant="subtle" color="var(--stop)" disabled={edits.isBusy} onClick={() => void run(edits.edit(removeLayer(planId, layer)), null)}>
              {t('Remove the layer')}
            </Button>
          )}
          <Button type="submit" loading={edits.isBusy} disabled={!layer && !code.trim()}>{t('Save to the draft')}</Button>
        </div>
      )}
    </form>
  )
}

type ChoiceProps<Value extends string> = {
  readonly label: string
  readonly names: Readonly<Record<Value, string>>
  readonly value: Value | null | undefined
  readonly isEditable: boolean
  readonly onValue: (value: Value) => void
}

function Choice<Value extends string>({ label, names, value, isEditable, onValue }: ChoiceProps<Value>) {
  const options = Object.entries(names) as [Value, string][]
  const chosen = value ?? options[0]![0]
  if (!isEditable) return <TextInput label={label} readOnly value={t(names[chosen])} />
  return (
    <NativeSelect
      label={label}
      value={chosen}
      data={options.map(([key, words]) => ({ value: key, label: t(words) }))}
      onChange={(event) => onValue(event.currentTarget.value as Value)}
    />
  )
}
