import type { Run } from '@cadre/contract/runs'
import { TriangleAlert } from 'lucide-react'
import { useTexts } from '../../i18n/texts.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { ValueView } from '../../ui/value-view.tsx'

/** What came of a run: its output, or why there is none. */
export function Answer({ run }: { run: Run }) {
  const texts = useTexts()
  const value = saidBy(run)
  return (
    <section aria-label={texts.run.answer} className="flex min-w-0 flex-col gap-2">
      {run.error && (
        <div className="flex gap-2.5 rounded-lg border border-danger/30 bg-danger-soft px-3.5 py-3 text-[13px]">
          <TriangleAlert className="mt-0.5 size-4 shrink-0 text-danger" aria-hidden />
          <div className="min-w-0">
            <p className="break-words">{run.error.message}</p>
            <p className="mt-0.5 font-mono text-xs">{run.error.code}</p>
          </div>
        </div>
      )}
      {value !== null && value !== undefined && (
        <div className="flex min-w-0 items-start gap-1">
          <div className="min-w-0 flex-1">
            <ValueView value={value} rich />
          </div>
          {typeof value === 'string' && <CopyButton text={() => value} />}
        </div>
      )}
      {(value === null || value === undefined) && !run.error && <p className="text-[13px] text-muted">{texts.run.noAnswer}</p>}
    </section>
  )
}

/** An answer in words stands in `output` as {result: words}. */
function saidBy({ output, output_text }: Run): unknown {
  const isWords = typeof output === 'object' && output !== null && 'result' in output && output.result === output_text
  return isWords ? output_text : (output ?? output_text)
}
