// What does the address bar say the user is looking at? Filters, selection and sort live there, so any view can be shared.
import { useCallback, useMemo } from 'react'
import { useLocation, useSearch } from 'wouter'
import { patchView, type ViewPatch } from '@/pure/view'

/** The query parameters, and a way to change some of them. Changes replace the history entry unless `push` is asked. */
export function useView(): readonly [URLSearchParams, (patch: ViewPatch, how?: 'replace' | 'push') => void] {
  const search = useSearch()
  const [path, navigate] = useLocation()
  const view = useMemo(() => new URLSearchParams(search), [search])
  const change = useCallback(
    (patch: ViewPatch, how: 'replace' | 'push' = 'replace') => {
      // A page that has been left (a map coming to rest, say) must not pull the user back.
      if (window.location.pathname !== encodeURI(decodeURI(path))) return
      // Read the live address: two changes in one event must not undo each other.
      const next = patchView(window.location.search, patch)
      navigate(next ? `${path}?${next}` : path, { replace: how === 'replace' })
    },
    [navigate, path],
  )
  return [view, change]
}
