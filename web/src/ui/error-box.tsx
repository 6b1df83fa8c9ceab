import { CadreError, requestIdOf } from '@cadre/client'
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Texts } from '../i18n/en.ts'
import { useTexts } from '../i18n/texts.ts'
import { Button } from './button.tsx'
import { issueText } from './use-issue.ts'

type Said = { what: string; todo: string; detail: string | null; request: string | null }

/** What happened, what to do, the server's own words, and under which id its log has more. */
export function explainError(error: unknown, texts: Texts): Said {
  const known = error instanceof CadreError ? error : null
  const { what, todo } = texts.byCode?.errors[known?.code ?? 'INTERNAL'] ?? texts.error[kindOf(error)]
  return { what, todo, detail: known ? detailOf(known, texts) : null, request: requestIdOf(error) }
}

/** What the server says, in the reader's language where it says it in codes. */
function detailOf({ code, message, issues }: CadreError, texts: Texts): string | null {
  if (code === 'UNAVAILABLE' || code === 'INTERNAL') return null
  if (issues.length === 0 || issues.some((issue) => issue.code === undefined)) return message
  return issues.map((issue) => `${issue.path}: ${issueText(issue, texts)}`).join('; ')
}

function kindOf(error: unknown): Exclude<keyof Texts['error'], 'request'> {
  if (!(error instanceof CadreError)) return 'INTERNAL'
  const { status } = error
  if (error.code === 'UNAVAILABLE') return 'UNAVAILABLE'
  if (status === 401) return 'UNAUTHORIZED'
  if (status === 403) return 'FORBIDDEN'
  if (status === 404) return 'NOT_FOUND'
  if (status === 409) return 'CONFLICT'
  if (status === 429) return 'TOO_MANY_REQUESTS'
  return status >= 500 ? 'INTERNAL' : 'INVALID'
}

export function ErrorBox({ error, onRetry, children }: { error: unknown; onRetry?: (() => void) | undefined; children?: ReactNode }) {
  const texts = useTexts()
  const { what, todo, detail, request } = explainError(error, texts)
  return (
    <div role="alert" className="flex gap-2.5 rounded-lg border border-danger/30 bg-danger-soft px-3.5 py-3 text-[13px]">
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{what}</p>
        {detail && <p className="mt-0.5 break-words">{detail}</p>}
        <p className="mt-0.5 text-ink">{todo}</p>
        {request && <p className="mt-1 font-mono text-xs text-ink">{texts.error.request(request)}</p>}
        {(onRetry || children) && (
          <div className="mt-2 flex flex-wrap gap-2">
            {onRetry && (
              <Button size="small" onClick={onRetry}>
                {texts.common.tryAgain}
              </Button>
            )}
            {children}
          </div>
        )}
      </div>
    </div>
  )
}
