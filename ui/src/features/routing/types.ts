// What does the server say about routing? Short names for the parts of its schema this place uses.
import type { components } from '@/api/schema'

type Schemas = components['schemas']

export type UnassignedRow = Schemas['UnassignedRow']
export type ConflictRow = Schemas['ConflictRow']
export type NearMiss = Schemas['NearMiss']
export type FieldChange = Schemas['FieldChange']
export type WhyNot = Schemas['WhyNot']
export type PlanRemedy = Schemas['PlanRemedy']
