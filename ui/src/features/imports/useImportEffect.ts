// What would this import move? Asked once for the page, read by the panel and by the question before importing.
import { $api } from '@/api/client'

export function useImportEffect(id: number) {
  return $api.useQuery('get', '/api/v1/imports/{import_id}/effect', { params: { path: { import_id: id } } }, { staleTime: 0 })
}
