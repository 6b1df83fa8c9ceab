import type { LiveText } from '@cadre/client'
import type { ModelCall, Run } from '@cadre/contract/runs'
import { Brain } from 'lucide-react'
import { useMemo } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { useNow } from '../../lib/use-now.ts'
import { RichText } from '../../ui/value-view.tsx'
import { isOver } from './run-queries.ts'
import { StepIcon } from './run-status.tsx'
import { stepName } from './step-name.ts'
import { traceRows } from './trace-rows.ts'

/** What happens, a line each, as it happens; under it the words that are just being said. */
export function LiveSteps({ run, texts: arriving }: { run: Run; texts: LiveText[] }) {
  const texts = useTexts()
  const format = useFormat()
  const isLive = !isOver(run.status)
  const now = useNow(isLive ? 200 : null)
  const { rows } = useMemo(() => traceRows(run, 0), [run])
  const shown = rows.filter((row) => row.kind !== 'asking').filter((row) => row.kind === 'tool' || row.failed || isSaid(row.call))
  return (
    <div>
      <ol aria-label={texts.run.table} className="flex flex-col">
        {shown.map((row) => (
          <li key={row.id} className="flex min-h-7 min-w-0 items-center gap-2 text-[13px]">
            {row.kind === 'tool' ? (
              <>
                <StepIcon status={row.step.status} />
                <span className="max-w-[60%] shrink-0 truncate font-mono text-xs">{stepName(row.step)}</span>
                <span className="min-w-0 flex-1 truncate text-xs text-muted">{row.step.error ?? summaryOf(row.step.input)}</span>
              </>
            ) : (
              <>
                <Brain className="size-3.5 shrink-0 text-muted" aria-hidden />
                <span className="min-w-0 flex-1 truncate text-muted">{row.call.text || row.call.finish_reason}</span>
              </>
            )}
            <span className="shrink-0 text-xs tabular-nums text-muted">
              {format.duration(row.duration_ms ?? Math.max(0, now - (row.kind === 'tool' ? Date.parse(row.step.timestamp) : now)))}
            </span>
          </li>
        ))}
      </ol>
      {isLive &&
        arriving.map(({ call, text, reasoning }) => (
          <div key={call} className="mt-2 border-l-2 border-accent pl-3 text-[13px]">
            {text === '' ? <p className="whitespace-pre-wrap text-muted">{reasoning}</p> : <RichText text={text} isStreaming />}
          </div>
        ))}
      {isLive && arriving.length === 0 && !run.steps.some(({ status }) => status === 'running') && run.waiting === null && (
        <p className="mt-1 animate-pulse text-[13px] text-muted">{texts.run.thinking}</p>
      )}
    </div>
  )
}

/** Words beside tool calls; the last words are the answer. */
const isSaid = ({ text, tool_calls }: ModelCall) => text !== '' && tool_calls.length > 0

function summaryOf(input: unknown): string {
  return (typeof input === 'string' ? input : (JSON.stringify(input) ?? '')).slice(0, 160)
}
