// How does the address bar hold what the user sees? Reading and changing the query string without surprises.

export type ViewPatch = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>

/** The query string after a patch: null, '' or an empty list takes a key away; a list repeats its key. Keys stay sorted,
 * so that the same view always has the same address. */
export function patchView(search: string, patch: ViewPatch): string {
  const params = new URLSearchParams(search)
  for (const [key, value] of Object.entries(patch)) {
    params.delete(key)
    if (value === null || value === undefined || value === '' || value === false) continue
    if (Array.isArray(value)) for (const item of value as readonly string[]) params.append(key, item)
    else params.set(key, String(value))
  }
  params.sort()
  return params.toString()
}
