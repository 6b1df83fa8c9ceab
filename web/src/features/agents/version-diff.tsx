import type { WholeAgentVersion } from '@cadre/contract/agents'
import { changedFields } from '@cadre/contract/changed-fields'
import clsx from 'clsx'
import { GitCompare } from 'lucide-react'
import { useMemo } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { align } from '../../lib/align.ts'
import { Empty } from '../../ui/parts.tsx'

/** Two versions of an agent, field by field and line by line. */
export function VersionDiff({ before, after }: { before: WholeAgentVersion; after: WholeAgentVersion }) {
  const texts = useTexts()
  const format = useFormat()
  const fields = useMemo(() => changedFields(before.definition, after.definition), [before, after])
  if (fields.length === 0) return <Empty icon={GitCompare} title={texts.versions.noDifference} />
  return (
    <div className="flex flex-col divide-y divide-line">
      <div className="hidden grid-cols-2 gap-4 px-4 py-2 text-xs text-muted md:grid">
        <span>{texts.versions.version(format.number(before.version))}</span>
        <span>{texts.versions.version(format.number(after.version))}</span>
      </div>
      {fields.map((field) => (
        <section key={field} className="min-w-0 px-4 py-3">
          <h3 className="mb-1.5 text-xs font-medium text-muted">
            {texts.versions.fields[field] ?? <code className="font-mono">{field.replace(/^config\./, '')}</code>}
          </h3>
          <Lines before={linesOf(valueOf(before, field))} after={linesOf(valueOf(after, field))} />
        </section>
      ))}
    </div>
  )
}

function Lines({ before, after }: { before: string[]; after: string[] }) {
  const rows = useMemo(() => align(before, after, (a, b) => a === b), [before, after])
  // What is gone and what came in its place stand side by side.
  const blocks = useMemo(() => sideBySide(rows), [rows])
  return (
    <div className="max-h-[32rem] overflow-y-auto rounded-md border border-line font-mono text-xs leading-5" tabIndex={0} role="group">
      {blocks.map(({ a, b }, i) => (
        <div key={i} className="grid grid-cols-1 md:grid-cols-2">
          <Line text={a} look={a === b ? null : 'bg-danger-soft'} isRepeated={false} />
          <Line text={b} look={a === b ? null : 'bg-success-soft'} isRepeated={a === b} />
        </div>
      ))}
    </div>
  )
}

/** On a small screen, where the two stand one below the other, a line that both have is shown once. */
function Line({ text, look, isRepeated }: { text: string | null; look: string | null; isRepeated: boolean }) {
  return (
    <p
      className={clsx(
        'min-h-5 whitespace-pre-wrap break-words px-2.5',
        text !== null && look,
        text === null && 'bg-sunken',
        (isRepeated || text === null) && 'hidden md:block',
      )}
    >
      {text ?? ''}
    </p>
  )
}

type Row = { a: string | null; b: string | null }

function sideBySide(rows: Row[]): Row[] {
  const result: Row[] = []
  let gone: string[] = []
  let came: string[] = []
  const flush = () => {
    for (let i = 0; i < Math.max(gone.length, came.length); i++) result.push({ a: gone[i] ?? null, b: came[i] ?? null })
    gone = []
    came = []
  }
  for (const { a, b } of rows) {
    if (a !== null && b !== null) {
      flush()
      result.push({ a, b })
    } else if (a !== null) gone.push(a)
    else if (b !== null) came.push(b)
  }
  flush()
  return result
}

function valueOf({ definition }: WholeAgentVersion, field: string): unknown {
  const [first = '', ...rest] = field.split('.')
  const value = (definition as Record<string, unknown>)[first]
  return rest.length === 0 ? value : (value as Record<string, unknown> | undefined)?.[rest.join('.')]
}

function linesOf(value: unknown): string[] {
  if (value === null || value === undefined || value === '') return []
  if (typeof value === 'string') return value.split('\n')
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value
  return (JSON.stringify(value, null, 2) ?? '').split('\n')
}
