// How is a layer of a draft written, and what do its settings mean in words?
import { api, $api } from '@/api/client'
import type { components } from '@/api/schema'
import { t } from '@/pure/words'
import type { Edit, EditHeader } from '../territories/useEdits'

export type Layer = components['schemas']['LayerShape']
export type LayerForm = components['schemas']['LayerForm']

export function useLayers(planId: number) {
  return $api.useQuery('get', '/api/v1/plans/{plan_id}/layers', { params: { path: { plan_id: planId } } })
}

async function putLayer(planId: number, code: string, body: LayerForm, header: EditHeader): Promise<number> {
  const params = { path: { plan_id: planId, code } }
  return (await api.PUT('/api/v1/plans/{plan_id}/layers/{code}', { params, headers: header, body })).data!.version
}

async function deleteLayer(planId: number, code: string, header: EditHeader): Promise<number> {
  const params = { path: { plan_id: planId, code } }
  return (await api.DELETE('/api/v1/plans/{plan_id}/layers/{code}', { params, headers: header })).data!.version
}

function formOf({ role, credit, engagement, families, placement, on_change }: Layer): LayerForm {
  return { role, credit, engagement, families, placement, on_change }
}

/** `before` absent: the layer is new. Making another layer primary also changes the former one, so it has no way back. */
export function saveLayer(planId: number, code: string, form: LayerForm, before: Layer | undefined): Edit {
  const edit: Edit = {
    label: before ? t('Changed the layer {code}', { code }) : t('Added the layer {code}', { code }),
    apply: (header) => putLayer(planId, code, form, header),
  }
  if (form.role === 'primary' && before?.role !== 'primary') return edit
  return {
    ...edit,
    revert: (header) => (before ? putLayer(planId, code, formOf(before), header) : deleteLayer(planId, code, header)),
  }
}

export function removeLayer(planId: number, layer: Layer): Edit {
  return {
    label: t('Removed the layer {code}', { code: layer.code }),
    apply: (header) => deleteLayer(planId, layer.code, header),
    revert: (header) => putLayer(planId, layer.code, formOf(layer), header),
  }
}

export const ROLES: Readonly<Record<Layer['role'], string>> = {
  primary: 'primary: decides who owns',
  overlay: 'overlay: supports the owner',
  partner: 'partner: sells through others',
}
export const FAMILIES: Readonly<Record<Layer['families'], string>> = {
  apart: 'each office by itself',
  together: 'offices follow their head office',
}
export const PLACEMENTS: Readonly<Record<Layer['placement'], string>> = {
  own: 'the account’s own address',
  headquarters: 'the head office’s address',
  majority_revenue: 'the address of the office with most revenue',
}
export const POLICIES: Readonly<Record<Layer['on_change'], string>> = {
  propose: 'propose the move',
  at_once: 'move at once',
  next_cycle: 'wait for the next cycle',
}
