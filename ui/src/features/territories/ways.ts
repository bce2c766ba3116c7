// How does a territory hold the accounts that it carves out: by name, by a lock, or by its rule?
import { formatCount } from '@/pure/format'
import { t } from '@/pure/words'
import type { CarveShare } from './types'

export function describeWays(share: Pick<CarveShare, 'accounts' | 'named' | 'locked'>): string {
  const rest = share.accounts - share.named - share.locked
  return [
    share.named > 0 && t('{n} named', { n: formatCount(share.named) }),
    share.locked > 0 && t('{n} locked', { n: formatCount(share.locked) }),
    rest > 0 && t('{n} by rule', { n: formatCount(rest) }),
  ].filter(Boolean).join(', ')
}
