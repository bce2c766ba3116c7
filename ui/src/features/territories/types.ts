// What does the server say about plans and territories? Short names for the parts of its schema this place uses.
import type { components } from '@/api/schema'

type Schemas = components['schemas']

export type Plan = Schemas['PlanShape']
export type PlanChange = Schemas['PlanChange']
export type Finding = Schemas['FindingShape']
export type Layer = Schemas['LayerShape']
export type Totals = Schemas['Totals']
export type TerritoryRow = Schemas['TerritoryRow']
export type TerritoryTree = Schemas['TerritoryTree']
export type TerritoryDetail = Schemas['TerritoryShape']
export type TerritoryPatch = Schemas['TerritoryPatch']
export type TerritoryForm = Schemas['TerritoryForm']
export type Rule = Schemas['RuleShape']
export type ParsedRule = Schemas['ParsedRule']
export type ListedAccount = Schemas['ListedShape']
export type Seat = Schemas['SeatShape']
export type SeatForm = Schemas['SeatForm']
export type Lock = Schemas['LockShape']
export type LockForm = Schemas['LockForm']
export type Quota = Schemas['QuotaShape']
export type HistoryEntry = Schemas['HistoryEntry']
export type Field = Schemas['FieldShape']
export type RulePreview = Schemas['PreviewShape']
export type PreviewShare = Schemas['PreviewShare']
export type ValueSet = Schemas['ValueSetShape']
export type RealignmentForm = Schemas['RealignmentForm']
/** What is to be moved; how and why is asked when it is proposed. */
export type RealignmentIntent = Omit<RealignmentForm, 'reason' | 'deal_policy' | 'title'>
export type RealignmentPreview = Schemas['RealignmentPreview']
export type Impact = Schemas['Impact']
export type Rep = Schemas['RepRow']
