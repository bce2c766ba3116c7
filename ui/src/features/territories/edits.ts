// Which changes can be made to a draft, and what takes each back?
import { t } from '@/pure/words'
import { api } from '@/api/client'
import type { Lock, LockForm, Seat, SeatForm, TerritoryDetail, TerritoryForm, TerritoryPatch } from './types'
import type { Edit, EditHeader } from './useEdits'

/** What a patch replaces, so that the same patch with these values takes it back. */
export function valuesBefore(territory: TerritoryDetail, patch: TerritoryPatch): TerritoryPatch {
  const current: Required<TerritoryPatch> = {
    name: territory.name,
    type: territory.type,
    description: territory.description,
    rule: territory.rule?.text ?? null,
    priority: territory.own_priority,
    assignable: territory.own_is_assignable,
    inherit: territory.inherit,
    exclude: territory.exclude.map((account) => account.id_text),
    accounts: territory.named.map((account) => account.id_text),
    move_to_parent: territory.parent,
  }
  const keys = Object.keys(patch) as (keyof TerritoryPatch)[]
  return Object.fromEntries(keys.map((key) => [key, current[key]]))
}

export function patchTerritory(planId: number, territory: TerritoryDetail, patch: TerritoryPatch, label: string): Edit {
  const before = valuesBefore(territory, patch)
  const write = async (body: TerritoryPatch, header: EditHeader) => {
    const { data } = await api.PATCH('/api/v1/plans/{plan_id}/territories/{code}', {
      params: { path: { plan_id: planId, code: territory.code } },
      headers: header,
      body,
    })
    return data!.version
  }
  return { label, apply: (header) => write(patch, header), revert: (header) => write(before, header) }
}

export function removeTerritory(planId: number, code: string, isReparenting: boolean): Edit {
  return {
    label: t('Removed {code}', { code }),
    apply: async (header) => {
      const { data } = await api.DELETE('/api/v1/plans/{plan_id}/territories/{code}', {
        params: { path: { plan_id: planId, code }, query: { reparent: isReparenting } },
        headers: header,
      })
      return data!.version
    },
  }
}

export function addTerritory(planId: number, form: TerritoryForm): Edit {
  return {
    label: t('Added {code}', { code: form.code }),
    apply: async (header) => {
      const { data } = await api.POST('/api/v1/plans/{plan_id}/territories', { params: { path: { plan_id: planId } }, headers: header, body: form })
      return data!.version
    },
    revert: (header) => removeTerritory(planId, form.code, false).apply(header),
  }
}

async function postSeat(planId: number, form: SeatForm, header: EditHeader) {
  const { data } = await api.POST('/api/v1/plans/{plan_id}/seats', { params: { path: { plan_id: planId } }, headers: header, body: form })
  return data!
}

async function deleteSeat(planId: number, seatId: number, header: EditHeader): Promise<number> {
  const { data } = await api.DELETE('/api/v1/plans/{plan_id}/seats/{seat_id}', {
    params: { path: { plan_id: planId, seat_id: seatId } },
      headers: header,
  })
  return data!.version
}

export function addSeat(planId: number, form: SeatForm, name: string): Edit {
  let seatId = 0
  return {
    label: t('Seated {name} in {code}', { name, code: form.territory }),
    apply: async (header) => {
      const saved = await postSeat(planId, form, header)
      seatId = saved.seat.id
      return saved.version
    },
    revert: (header) => deleteSeat(planId, seatId, header),
  }
}

export function removeSeat(planId: number, seat: Seat): Edit {
  let seatId = seat.id
  const form: SeatForm = {
    territory: seat.territory,
    rep_id: seat.rep.id,
    kind: seat.kind,
    from_on: seat.from_on,
    until_on: seat.until_on,
  }
  return {
    label: t('Took {name} out of {code}', { name: seat.rep.name, code: seat.territory }),
    apply: (header) => deleteSeat(planId, seatId, header),
    revert: async (header) => {
      const saved = await postSeat(planId, form, header)
      seatId = saved.seat.id
      return saved.version
    },
  }
}

async function postLock(planId: number, form: LockForm, header: EditHeader) {
  const { data } = await api.POST('/api/v1/plans/{plan_id}/locks', { params: { path: { plan_id: planId } }, headers: header, body: form })
  return data!
}

async function deleteLock(planId: number, lockId: number, header: EditHeader): Promise<number> {
  const { data } = await api.DELETE('/api/v1/plans/{plan_id}/locks/{lock_id}', {
    params: { path: { plan_id: planId, lock_id: lockId } },
      headers: header,
  })
  return data!.version
}

export function addLock(planId: number, form: LockForm, name: string): Edit {
  let lockId = 0
  return {
    label: t('Locked {name} to {code}', { name, code: form.territory }),
    apply: async (header) => {
      const saved = await postLock(planId, form, header)
      lockId = saved.lock.id
      return saved.version
    },
    revert: (header) => deleteLock(planId, lockId, header),
  }
}

type LockDays = Pick<Lock, 'reason' | 'from_on' | 'until_on'>

async function patchLock(planId: number, lockId: number, days: LockDays, header: EditHeader): Promise<number> {
  const { data } = await api.PATCH('/api/v1/plans/{plan_id}/locks/{lock_id}', {
    params: { path: { plan_id: planId, lock_id: lockId } },
    headers: header,
    body: days,
  })
  return data!.version
}

export function changeLock(planId: number, lock: Lock, days: LockDays): Edit {
  const { reason, from_on, until_on } = lock
  return {
    label: t('Changed the lock of {name}', { name: lock.name ?? lock.id_text }),
    apply: (header) => patchLock(planId, lock.id, { reason: days.reason, from_on: days.from_on, until_on: days.until_on }, header),
    revert: (header) => patchLock(planId, lock.id, { reason, from_on, until_on }, header),
  }
}

/** A lock of an account the company does not know yet cannot be set again from here, so it has no way back. */
export function removeLock(planId: number, lock: Lock): Edit {
  let lockId = lock.id
  const { account_id } = lock
  const label = t('Unlocked {name} from {code}', { name: lock.name ?? lock.id_text, code: lock.territory })
  const apply = (header: EditHeader) => deleteLock(planId, lockId, header)
  if (account_id === null) return { label, apply }
  const { territory, layer, reason, from_on, until_on } = lock
  return {
    label,
    apply,
    revert: async (header) => {
      const saved = await postLock(planId, { account_id, territory, layer, reason, from_on, until_on }, header)
      lockId = saved.lock.id
      return saved.version
    },
  }
}

async function putValueSet(planId: number, name: string, values: readonly string[], header: EditHeader): Promise<number> {
  const { data } = await api.PUT('/api/v1/plans/{plan_id}/value_sets/{name}', {
    params: { path: { plan_id: planId, name } },
      headers: header,
    body: { values: [...values] },
  })
  return data!.version
}

async function deleteValueSet(planId: number, name: string, header: EditHeader): Promise<number> {
  const { data } = await api.DELETE('/api/v1/plans/{plan_id}/value_sets/{name}', { params: { path: { plan_id: planId, name } },
      headers: header })
  return data!.version
}

/** `before` null: the set is new. */
export function saveValueSet(
  planId: number,
  name: string,
  values: readonly string[],
  before: readonly string[] | null,
): Edit {
  return {
    label: t('Changed the value set "{name}"', { name }),
    apply: (header) => putValueSet(planId, name, values, header),
    revert: (header) =>
      before ? putValueSet(planId, name, before, header) : deleteValueSet(planId, name, header),
  }
}

export function removeValueSet(planId: number, name: string, before: readonly string[]): Edit {
  return {
    label: t('Removed the value set "{name}"', { name }),
    apply: (header) => deleteValueSet(planId, name, header),
    revert: (header) => putValueSet(planId, name, before, header),
  }
}
