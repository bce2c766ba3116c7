// What went wrong, in words? Every failure becomes one kind of thing: a problem with a title and a sentence.
import { t } from '@/pure/words'

/** RFC 9457, with the product's stable `code` and the list of findings where there are several. */
export type ProblemBody = {
  readonly type?: string
  readonly title?: string
  readonly status?: number
  readonly detail?: string
  readonly code?: string
  readonly [extra: string]: unknown
}

export class Problem extends Error {
  readonly title: string
  readonly detail: string
  readonly status: number
  readonly code: string
  /** The whole answer: findings, drift and the like, for the page that knows them. */
  readonly body: ProblemBody

  constructor(status: number, body: ProblemBody) {
    const title = body.title ?? titleOf(status)
    super(body.detail ?? title)
    this.name = 'Problem'
    this.title = title
    this.detail = body.detail ?? ''
    this.status = status
    this.code = body.code ?? ''
    this.body = body
  }
}

function titleOf(status: number): string {
  if (status === 0) return t('The server cannot be reached')
  if (status === 401) return t('Please log in again')
  if (status === 403) return t('Your role does not allow this')
  if (status === 404) return t('There is nothing here')
  if (status === 409) return t('Something changed in the meantime')
  if (status === 429) return t('Too many requests')
  return status >= 500 ? t('The server failed') : t('The request was refused')
}

/** Reads a failed answer; a body that is not a problem document is not shown to the user. */
export async function readProblem(response: Response): Promise<Problem> {
  const isJson = response.headers.get('content-type')?.includes('json')
  const body: unknown = isJson ? await response.json().catch(() => ({})) : {}
  return new Problem(response.status, typeof body === 'object' && body !== null ? (body as ProblemBody) : {})
}

/** Any thrown thing as a problem: the server's own, a lost connection, or a fault of the page. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) {
    return new Problem(0, { detail: t('Check the connection, then try again.'), code: 'network' })
  }
  return new Problem(0, {
    title: t('The page failed'),
    detail: error instanceof Error ? error.message : String(error),
    code: 'page',
  })
}
