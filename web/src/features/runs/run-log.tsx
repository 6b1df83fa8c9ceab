import type { Run } from '@cadre/contract/runs'
import { useVirtualizer } from '@tanstack/react-virtual'
import clsx from 'clsx'
import { useMemo, useRef } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Card, CardTitle } from '../../ui/parts.tsx'
import { type LogLine, logLines } from './log-lines.ts'

/** The trace in words, to be read from top to bottom or copied into a report. */
export function RunLog({ run }: { run: Run }) {
  const texts = useTexts()
  const format = useFormat()
  const lines = useMemo(() => logLines(run, texts, format), [run, texts, format])
  if (lines.length === 0) return null
  return (
    <Card>
      <CardTitle side={<CopyButton text={() => lines.map(({ at, text }) => `${at} ${text}`).join('\n')} />}>{texts.run.log}</CardTitle>
      <Lines lines={lines} />
    </Card>
  )
}

/** Drawn as far as it is seen: a run may have tens of thousands of lines. */
function Lines({ lines }: { lines: LogLine[] }) {
  const texts = useTexts()
  const format = useFormat()
  const box = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => box.current, estimateSize: () => 20, overscan: 20 })
  return (
    // Whoever reads by keys must be able to scroll it.
    <div ref={box} className="max-h-72 overflow-auto px-4 py-3" tabIndex={0} role="group" aria-label={texts.run.log}>
      <ol className="relative font-mono text-xs leading-5" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const line = lines[index]
          return (
            line && (
              <li
                key={line.key}
                ref={virtual.measureElement}
                data-index={index}
                className={clsx('absolute inset-x-0 flex gap-3', line.tone === 'danger' && 'text-danger', line.tone === 'warning' && 'text-warning')}
                style={{ top: start }}
              >
                <time dateTime={line.at} className="shrink-0 text-muted">
                  {format.clock(line.at)}
                </time>
                <span className="min-w-0 break-words">{line.text}</span>
              </li>
            )
          )
        })}
      </ol>
    </div>
  )
}
