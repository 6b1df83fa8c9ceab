import clsx from 'clsx'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useFormat, useTexts } from '../i18n/texts.ts'
import { Button } from './button.tsx'
import { CopyButton } from './copy-button.tsx'
import { isPlain, sectionsOf, tableOf, type Table } from './table-of.ts'

/** Where many texts are shown at once, whoever shows them waits for it, so that none changes its height. */
export const Markdown = lazy(() => import('./markdown.tsx').then(({ Markdown }) => ({ default: Markdown })))

/** Text by a model, as Markdown; until its renderer is here, as it is. */
export function RichText({ text, isStreaming }: { text: string; isStreaming?: boolean }) {
  return (
    <Suspense fallback={<p className="whitespace-pre-wrap break-words">{text}</p>}>
      <Markdown text={text} isStreaming={isStreaming} />
    </Suspense>
  )
}

/** Any value: rows as a table, text as text, all else as JSON. `rich`: its text is a model's answer and may be Markdown. */
export function ValueView({ value, rich = false }: { value: unknown; rich?: boolean }) {
  const table = useMemo(() => tableOf(value), [value])
  const [asJson, setAsJson] = useState(false)
  const texts = useTexts()
  const sections = useMemo(() => (rich ? sectionsOf(value) : null), [rich, value])
  if (typeof value === 'string' && rich) return <RichText text={value} />
  if (sections && !asJson) {
    return (
      <div className="flex min-w-0 flex-col gap-3">
        {sections.map(([name, part]) => (
          <section key={name} className="min-w-0">
            <h3 className="mb-1 font-mono text-xs text-muted">{name}</h3>
            {isPlain(part) ? <p className="break-words">{String(part)}</p> : <Part value={part} />}
          </section>
        ))}
        <div>
          <Toggle on={false} onClick={() => setAsJson(true)} label={texts.common.source} />
        </div>
      </div>
    )
  }
  return (
    <div className="min-w-0">
      {table && (
        <div className="mb-1.5 flex gap-1" role="group">
          <Toggle on={!asJson} onClick={() => setAsJson(false)} label={texts.common.table} />
          <Toggle on={asJson} onClick={() => setAsJson(true)} label={texts.common.source} />
        </div>
      )}
      {table && !asJson ? <TableView table={table} /> : <Source text={typeof value === 'string' ? value : JSON.stringify(value, null, 2)} />}
    </div>
  )
}

/** A table where it is one, else JSON. */
function Part({ value }: { value: unknown }) {
  const table = useMemo(() => tableOf(value), [value])
  return table ? <TableView table={table} /> : <Source text={JSON.stringify(value, null, 2)} />
}

function Toggle({ on, label, onClick }: { on: boolean; label: string; onClick: () => void }) {
  return (
    <Button size="small" look={on ? 'on' : 'ghost'} aria-pressed={on} onClick={onClick}>
      {label}
    </Button>
  )
}

const shownRows = 50

function TableView({ table: { columns, rows } }: { table: Table }) {
  const texts = useTexts()
  const format = useFormat()
  const [all, setAll] = useState(false)
  const shown = all ? rows : rows.slice(0, shownRows)
  return (
    <>
      {/* Whoever reads by keys must be able to scroll it */}
      <div className="max-h-96 overflow-auto rounded-md border border-line" tabIndex={0} role="group" aria-label={texts.common.table}>
        <table className="w-full text-left text-xs">
          <thead className="sticky top-0 bg-sunken text-muted">
            <tr>
              {columns.map((column) => (
                <th key={column} className="whitespace-nowrap px-2.5 py-1.5 font-medium">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, i) => (
              <tr key={i} className="border-t border-line">
                {row.map((cell, j) => (
                  <td
                    key={columns[j]}
                    className={clsx('max-w-80 truncate px-2.5 py-1', typeof cell === 'number' && 'tabular-nums')}
                    title={String(cell)}
                  >
                    {cell === null ? <span className="text-muted">{texts.common.none}</span> : String(cell)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown.length && (
        <p className="mt-1.5 flex items-center gap-2 text-xs text-muted">
          {texts.common.rows(format.number(shown.length), format.number(rows.length))}
          <Button size="small" onClick={() => setAll(true)}>
            {texts.common.showMore}
          </Button>
        </p>
      )}
    </>
  )
}

/** More is drawn only when it is asked for: a megabyte of text takes a browser seconds. */
const shownCharacters = 6_000

/** Text as it is, with JSON in colours. */
export function Source({ text = '' }: { text?: string | undefined }) {
  const texts = useTexts()
  const format = useFormat()
  const [all, setAll] = useState(false)
  const shown = all ? text : text.slice(0, shownCharacters)
  return (
    <div className="group relative min-w-0">
      {/* Whoever reads by keys must be able to scroll it */}
      <pre
        className="max-h-96 overflow-auto whitespace-pre-wrap break-words rounded-md border border-line bg-sunken p-2.5 pr-10 font-mono text-xs leading-relaxed"
        tabIndex={0}
      >
        {shown.length > 60_000 ? shown : coloured(shown)}
        {shown.length < text.length && '…'}
      </pre>
      <div className="absolute right-1 top-1">
        <CopyButton text={() => text} />
      </div>
      {text.length > shownCharacters && (
        <Button size="small" className="mt-1.5" onClick={() => setAll(!all)}>
          {all ? texts.common.showLess : texts.common.showAll(format.bytes(new Blob([text]).size))}
        </Button>
      )}
    </div>
  )
}

const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b/g

function coloured(text: string) {
  if (!/^\s*[[{]/.test(text)) return text
  const parts: React.ReactNode[] = []
  let at = 0
  for (const match of text.matchAll(token)) {
    parts.push(text.slice(at, match.index))
    const [whole, quoted, colon = ''] = match
    const colour = !quoted ? 'text-info' : colon ? 'text-accent' : 'text-success'
    parts.push(
      <span key={match.index} className={colour}>
        {quoted ?? whole}
      </span>,
      colon,
    )
    at = match.index + whole.length
  }
  parts.push(text.slice(at))
  return parts
}
