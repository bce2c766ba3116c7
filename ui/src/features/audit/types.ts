// What does the server say about the ledger? Short names for the parts of its schema this place uses.
import type { Answer, Item } from '@/api/client'

export type LogEntry = Item<'/api/v1/audit/log'>
export type Batch = Answer<'/api/v1/audit/log/{batch}'>
export type Leaf = Batch['leaves'][number]
export type Head = Batch['head']
export type Verdict = Answer<'/api/v1/audit/verify_proof', 'post'>
