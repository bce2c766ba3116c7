// Which views of the account list did the user keep? Names and addresses, on this machine.

export type SavedView = { readonly name: string; readonly search: string }

const KEY = 'accounts.views'

function isSavedView(value: unknown): value is SavedView {
  const view = value as SavedView | null
  return typeof view === 'object' && view !== null && typeof view.name === 'string' && typeof view.search === 'string'
}

/** What the storage holds, as far as it can be read. */
export function parseViews(stored: string | null): SavedView[] {
  try {
    const views: unknown = JSON.parse(stored ?? '[]')
    return Array.isArray(views) ? views.filter(isSavedView) : []
  } catch {
    return []
  }
}

export function readViews(): SavedView[] {
  return parseViews(localStorage.getItem(KEY))
}

/** A view of the same name is replaced; names stay in order. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] {
  return [...views.filter((other) => other.name !== view.name), view].sort((a, b) => a.name.localeCompare(b.name))
}

export function storeViews(views: readonly SavedView[]): void {
  localStorage.setItem(KEY, JSON.stringify(views))
}
