// How is a share told with its sign?
import { formatDelta, formatShare } from '@/pure/format'

/** +12 %, −3.1 %. */
export function formatSignedShare(share: number): string {
  return formatDelta(share, formatShare)
}
