import type { Run } from '@cadre/contract/runs'
import { useVirtualizer } from '@tanstack/react-virtual'
import clsx from 'clsx'
import { Brain, ChevronRight, GitCompare } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { Check } from '../../ui/field.tsx'
import { Badge, Card, CardTitle, Empty } from '../../ui/parts.tsx'
import { RichText, ValueView } from '../../ui/value-view.tsx'
import { type DiffRow, diffRuns, type Entry } from './diff-runs.ts'
import { StepIcon } from './run-status.tsx'
import { stepName } from './step-name.ts'

/** Two runs side by side: what was asked, each model call and step, and what came of it. */
export function RunDiffView({ a, b }: { a: Run; b: Run }) {
  const texts = useTexts()
  const format = useFormat()
  const diff = useMemo(() => diffRuns(a, b), [a, b])
  const [isFiltered, setFiltered] = useState(diff.rows.length > 20)
  const shown = isFiltered ? diff.rows.filter(({ kind }) => kind !== 'same') : diff.rows
  return (
    <div className="flex flex-col gap-4">
      {diff.task && (
        <Sides title={texts.again.diff.task}>
          {[a, b].map((run) => (
            <div key={run.run_id} className="flex min-w-0 flex-col gap-2">
              <p className="max-h-60 overflow-y-auto whitespace-pre-wrap break-words text-[13px]" tabIndex={0}>
                {run.input}
              </p>
              {run.data !== null && run.data !== undefined && <ValueView value={run.data} />}
            </div>
          ))}
        </Sides>
      )}
      <Card className="min-w-0">
        <CardTitle
          side={
            <>
              <Badge tone={diff.differences === 0 ? 'success' : 'warning'}>{texts.again.diff.changes(format.number(diff.differences))}</Badge>
              <Check
                label={texts.again.diff.onlyChanges}
                className="whitespace-nowrap"
                checked={isFiltered}
                onChange={(event) => setFiltered(event.target.checked)}
              />
            </>
          }
        >
          {texts.run.trace}
        </CardTitle>
        {shown.length === 0 ? <Empty icon={GitCompare} title={texts.again.diff.same} /> : <Rows rows={shown} />}
      </Card>
      <Sides title={texts.again.diff.answer}>
        {[a, b].map((run) => (
          <div key={run.run_id} className={clsx('min-w-0', diff.answer && 'border-l-2 border-warning pl-3')}>
            {run.error && <p className="break-words text-[13px] text-danger">{run.error.message}</p>}
            {run.output_text !== null && <RichText text={run.output_text} />}
            {!run.error && run.output_text === null && <p className="text-[13px] text-muted">{texts.runStatus[run.status]}</p>}
          </div>
        ))}
      </Sides>
    </div>
  )
}

function Sides({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <Card className="min-w-0">
      <CardTitle>{title}</CardTitle>
      <div className="grid grid-cols-1 gap-4 p-4 md:grid-cols-2">{children}</div>
    </Card>
  )
}

const edge: Record<DiffRow['kind'], string> = {
  same: 'border-transparent',
  changed: 'border-warning',
  first: 'border-danger',
  second: 'border-success',
}

function Rows({ rows }: { rows: DiffRow[] }) {
  const box = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => 44,
    overscan: 10,
    getItemKey: (index) => rows[index]?.id ?? index,
  })
  const toggle = (id: string) => {
    const next = new Set(open)
    if (!next.delete(id)) next.add(id)
    setOpen(next)
  }
  return (
    <div ref={box} className="max-h-[36rem] overflow-y-auto">
      <ol className="relative w-full" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index]
          return (
            row && (
              <li
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={clsx('absolute inset-x-0 border-b border-l-2 border-b-line', edge[row.kind])}
                style={{ top: start }}
              >
                <Row row={row} isOpen={open.has(row.id)} onToggle={() => toggle(row.id)} />
              </li>
            )
          )
        })}
      </ol>
    </div>
  )
}

function Row({ row, isOpen, onToggle }: { row: DiffRow; isOpen: boolean; onToggle: () => void }) {
  const texts = useTexts()
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        className="grid min-h-11 w-full grid-cols-[1rem_minmax(0,1fr)_minmax(0,1fr)] items-center gap-3 px-3 py-1.5 text-left text-[13px] -outline-offset-2 hover:bg-sunken/50"
        onClick={onToggle}
      >
        <ChevronRight className={clsx('size-4 text-muted transition-transform', isOpen && 'rotate-90')} aria-hidden />
        <Name entry={row.a} />
        <span className="flex min-w-0 items-center justify-between gap-2">
          <Name entry={row.b} />
          {row.kind !== 'same' && (
            <span className="hidden sm:block">
              <Badge>{texts.again.diff.kinds[row.kind]}</Badge>
            </span>
          )}
        </span>
      </button>
      {isOpen && (
        <div className="grid grid-cols-1 gap-4 px-3 pb-4 pl-10 md:grid-cols-2">
          {[row.a, row.b].map((entry, i) => (
            <div key={i} className="min-w-0">
              <p className="mb-1 text-xs font-medium md:hidden">{i === 0 ? texts.again.diff.first : texts.again.diff.second}</p>
              <Body entry={entry} />
            </div>
          ))}
        </div>
      )}
    </>
  )
}

function Name({ entry }: { entry: Entry | null }) {
  const texts = useTexts()
  const format = useFormat()
  if (!entry) return <span className="truncate text-muted">{texts.again.diff.missing}</span>
  return (
    <span className="flex min-w-0 items-center gap-2">
      {entry.kind === 'model' ? <Brain className="size-3.5 shrink-0 text-muted" aria-hidden /> : <StepIcon status={entry.step.status} />}
      <span className={clsx('truncate', entry.kind === 'tool' && 'font-mono text-xs')}>
        {entry.kind === 'model' ? texts.again.diff.call(format.number(entry.call.call)) : stepName(entry.step)}
      </span>
    </span>
  )
}

function Body({ entry }: { entry: Entry | null }) {
  const texts = useTexts()
  if (!entry) return <p className="text-[13px] text-muted">{texts.again.diff.missing}</p>
  if (entry.kind === 'model') {
    const { text, tool_calls } = entry.call
    return (
      <div className="flex min-w-0 flex-col gap-2">
        {text !== '' && <RichText text={text} />}
        {tool_calls.map(({ call_id, tool, input }) => (
          <div key={call_id} className="min-w-0">
            <p className="font-mono text-xs">{tool}</p>
            <p className="line-clamp-4 break-words font-mono text-xs text-muted">{input}</p>
          </div>
        ))}
      </div>
    )
  }
  const { input, output, error } = entry.step
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <h4 className="text-xs text-muted">{texts.run.input}</h4>
      <ValueView value={input} />
      <h4 className="text-xs text-muted">{texts.run.output}</h4>
      {error === null ? <ValueView value={output ?? null} /> : <p className="break-words text-[13px] text-danger">{error}</p>}
    </div>
  )
}
