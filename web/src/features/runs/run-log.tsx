import type { Run } from '@cadre/contract/runs'
import clsx from 'clsx'
import { useMemo } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Card, CardTitle } from '../../ui/parts.tsx'
import { logLines } from './log-lines.ts'

/** The trace in words, to be read from top to bottom or copied into a report. */
export function RunLog({ run }: { run: Run }) {
  const texts = useTexts()
  const format = useFormat()
  const lines = useMemo(() => logLines(run, texts, format), [run, texts, format])
  if (lines.length === 0) return null
  return (
    <Card>
      <CardTitle side={<CopyButton text={() => lines.map(({ at, text }) => `${at} ${text}`).join('\n')} />}>{texts.run.log}</CardTitle>
      {/* Whoever reads by keys must be able to scroll it */}
      <ol className="max-h-72 overflow-auto px-4 py-3 font-mono text-xs leading-5" tabIndex={0} aria-label={texts.run.log}>
        {lines.map(({ key, at, text, tone }) => (
          <li key={key} className={clsx('flex gap-3', tone === 'danger' && 'text-danger', tone === 'warning' && 'text-warning')}>
            <time dateTime={at} className="shrink-0 text-muted">
              {format.clock(at)}
            </time>
            <span className="min-w-0 break-words">{text}</span>
          </li>
        ))}
      </ol>
    </Card>
  )
}
