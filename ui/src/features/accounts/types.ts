// What does the server say about accounts? Short names for the parts of its schema this place uses.
import type { components } from '@/api/schema'

type Schemas = components['schemas']

export type AccountRow = Schemas['AccountRow']
export type AccountPage = Schemas['AccountPage']
export type AccountDetail = Schemas['AccountShape']
export type SavedAccount = Schemas['SavedAccount']
export type AccountFields = Partial<Schemas['AccountForm']>
export type Assignment = Schemas['AssignmentShape']
export type Why = Schemas['WhyShape']
export type Condition = Schemas['ConditionShape']
export type LostClaim = Schemas['LostClaim']
export type NearMiss = Schemas['NearMiss']
export type OwnershipEntry = Schemas['OwnershipEntry']
export type ProofVerdict = Schemas['ProofVerdict']
export type Deal = Schemas['DealRow']
export type DealPage = Schemas['DealPage']
export type Activity = Schemas['ActivityRow']
export type ActivityPage = Schemas['ActivityPage']
