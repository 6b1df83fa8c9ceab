import type { Compaction, ModelCall } from '@cadre/contract/runs'
import { useFormat, useTexts } from '../../i18n/texts.ts'

const parts = ['system', 'tools', 'user', 'assistant', 'tool_results', 'summary'] as const
const colours = {
  system: 'bg-accent',
  tools: 'bg-info',
  user: 'bg-success',
  assistant: 'bg-warning',
  tool_results: 'bg-danger',
  summary: 'bg-muted',
} as const

/** What one model call was shown: how much of what, and what was left out and why. */
export function ContextSeen({ context, compaction }: { context: ModelCall['context']; compaction: Compaction | null }) {
  const texts = useTexts()
  const format = useFormat()
  if (!context) return <p className="text-[13px] text-muted">{texts.run.sawUnknown}</p>
  const { tokens, limit, exact, messages } = context
  const share = (count: number) => (100 * count) / Math.max(1, limit ?? tokens.total)
  const counted = (count: number) => texts.counts.tokens(count, format.number(count))
  return (
    <div className="flex flex-col gap-2 text-[13px]">
      <p className="flex flex-wrap gap-x-3 text-xs text-muted">
        <span>{limit === null ? counted(tokens.total) : texts.run.sawOf(counted(tokens.total), format.number(limit))}</span>
        <span>{texts.run.messagesSent(format.number(messages.sent), format.number(messages.given))}</span>
        {!exact && <span title={context.counted_with}>{texts.run.estimate}</span>}
      </p>
      <div className="flex h-2 overflow-hidden rounded-sm bg-sunken" aria-hidden>
        {parts.map((part) => (
          <span key={part} className={colours[part]} style={{ width: `${share(tokens[part])}%` }} />
        ))}
      </div>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-1 sm:grid-cols-3">
        {parts
          .filter((part) => tokens[part] > 0)
          .map((part) => (
            <div key={part} className="flex items-center gap-1.5 text-xs">
              <span className={`size-2 shrink-0 rounded-full ${colours[part]}`} aria-hidden />
              <dt className="truncate text-muted">{texts.run.sawParts[part]}</dt>
              <dd className="ml-auto tabular-nums">{format.number(tokens[part])}</dd>
            </div>
          ))}
      </dl>
      <ul className="flex flex-col gap-1 text-xs">
        {context.dropped.map(({ from, to, tokens, why }) => (
          <li key={`${from}-${to}`}>{texts.run.leftOut(format.number(from), format.number(to), counted(tokens), why)}</li>
        ))}
        {context.kept_aside.map(({ message, part, tool, tokens, shown }) => (
          <li key={`${message}-${part}`}>{texts.run.keptAside(tool, counted(tokens), format.number(shown))}</li>
        ))}
        {compaction && (
          <li>
            {texts.run.compacted}: {compaction.record.why}
          </li>
        )}
        {context.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  )
}
