// Which pages are there? Whatever the feature folders export; a folder that is not there adds no dead link.
import type { FeatureRoute } from '@/kit/route'

const modules = import.meta.glob<{ routes: readonly FeatureRoute[] }>('../features/*/routes.ts', { eager: true })

/** Fixed paths before those with parameters, so that /accounts/new is not taken for an account. */
export const routes: readonly FeatureRoute[] = Object.values(modules)
  .flatMap((module) => module.routes)
  .sort((a, b) => Number(a.path.includes(':')) - Number(b.path.includes(':')) || a.path.localeCompare(b.path))

export type NavRoute = FeatureRoute & { readonly nav: NonNullable<FeatureRoute['nav']> }

export function navRoutes(may: readonly string[]): NavRoute[] {
  return routes
    .filter((route): route is NavRoute => !!route.nav && (!route.nav.needs || may.includes(route.nav.needs)))
    .sort((a, b) => a.nav.order - b.nav.order)
}
