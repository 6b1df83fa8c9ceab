import type { Run } from '@cadre/contract/runs'
import { useVirtualizer } from '@tanstack/react-virtual'
import clsx from 'clsx'
import { Brain, ListTree } from 'lucide-react'
import { lazy, Suspense, useDeferredValue, useMemo, useRef, useState } from 'react'
import type { Texts } from '../../i18n/en.ts'
import type { Format } from '../../i18n/format.ts'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { useNow } from '../../lib/use-now.ts'
import { useShortcut } from '../../lib/use-shortcut.ts'
import { useTraceTexts } from '../../i18n/trace-texts.ts'
import { Button } from '../../ui/button.tsx'
import { Check, Input } from '../../ui/field.tsx'
import { Badge, Card, CardTitle, Empty, Skeleton } from '../../ui/parts.tsx'
import type { ForkPoint } from './fork-dialog.tsx'
import { isOver } from './run-queries.ts'
import { StepIcon } from './run-status.tsx'
import { stepName } from './step-name.ts'
import { barOf, filterRows, type TraceRow, traceRows } from './trace-rows.ts'

/** Fetched when it is asked for: drawing graphs weighs more than the page. */
const TraceGraph = lazy(() => import('./trace-graph.tsx').then(({ TraceGraph }) => ({ default: TraceGraph })))

/** Fetched when something is chosen: what explains effects weighs as much as the page itself. */
const TraceDetail = lazy(() => import('./trace-detail.tsx').then(({ TraceDetail }) => ({ default: TraceDetail })))

const rowHeight = 32

type TraceView = 'tree' | 'graph'
type Props = {
  run: Run
  chosen: string | null
  onChoose: (row: string) => void
  view: TraceView
  onView: (view: TraceView) => void
  onFork: (at: ForkPoint) => void
}

/** A run as tree and waterfall, or as a graph; beside it what went into the chosen step and what came out. */
export function Trace({ run, chosen, onChoose, view, onView, onFork }: Props) {
  const texts = useTexts()
  const own = useTraceTexts()
  const isLive = !isOver(run.status)
  // Bars grow with the time; a graph changes when something happens.
  const grows = isLive && view === 'tree'
  const now = useNow(grows ? 250 : null)
  const [search, setSearch] = useState('')
  const [errors, setErrors] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  const wanted = useDeferredValue(search)
  const { rows, total_ms } = useMemo(() => traceRows(run, grows ? now : 0), [run, grows, now])
  const shown = useMemo(() => filterRows(rows, { errors, search: wanted }), [rows, errors, wanted])
  const row = shown.find(({ id }) => id === chosen) ?? null
  const isCutSearch = wanted.trim() !== '' && [...run.steps, ...run.model_calls].some(({ cut }) => cut !== undefined)
  useShortcut('/', texts.run.find, texts.shell.groupPage, () => field.current?.focus())

  return (
    <Card className="min-w-0">
      <CardTitle
        side={
          <>
            <span className="flex gap-1" role="group" aria-label={own.view}>
              {(['tree', 'graph'] as const).map((each) => (
                <Button key={each} size="small" look={view === each ? 'on' : 'ghost'} aria-pressed={view === each} onClick={() => onView(each)}>
                  {own[each]}
                </Button>
              ))}
            </span>
            <Check
              label={texts.run.errorsOnly}
              className="whitespace-nowrap"
              checked={errors}
              onChange={(event) => setErrors(event.target.checked)}
            />
            <Input
              ref={field}
              type="search"
              className="h-7 w-28 sm:w-52"
              aria-label={texts.run.find}
              placeholder={texts.run.find}
              value={search}
              onChange={(event) => setSearch(event.target.value)}
            />
          </>
        }
      >
        {texts.run.trace}
      </CardTitle>
      {run.events_left !== undefined && <Rest run={run} />}
      {isCutSearch && <p className="px-4 pt-2 text-xs text-muted">{own.searchCut}</p>}
      <div className="grid grid-cols-1 min-w-0 lg:grid-cols-2">
        <div className="min-w-0 lg:border-r lg:border-line">
          {shown.length === 0 ? (
            <Empty icon={ListTree} title={rows.length === 0 ? texts.run.noRows : texts.run.noMatch} />
          ) : view === 'graph' ? (
            <Suspense fallback={<Skeleton />}>
              <TraceGraph rows={shown} chosen={row?.id ?? null} onChoose={onChoose} />
            </Suspense>
          ) : (
            <Rows rows={shown} total_ms={total_ms} chosen={row?.id ?? null} onChoose={onChoose} now_ms={total_ms} />
          )}
        </div>
        <div className="min-w-0 border-t border-line p-4 lg:border-t-0">
          {row ? (
            <Suspense fallback={<Skeleton />}>
              <TraceDetail key={row.id} row={row} run={run} onFork={onFork} />
            </Suspense>
          ) : (
            <p className="py-8 text-center text-[13px] text-muted">{texts.run.pick}</p>
          )}
        </div>
      </div>
    </Card>
  )
}

/** A long trace is looked at while its greater part is still on its way. */
function Rest({ run: { steps, metrics } }: { run: Run }) {
  const own = useTraceTexts()
  const format = useFormat()
  return (
    <p className="flex items-center gap-2 px-4 pt-2 text-xs text-muted" role="status">
      <progress className="block h-1 w-24 accent-accent" aria-hidden max={metrics.total_steps} value={steps.length} />
      {own.loadingRest(format.number(steps.length), format.number(metrics.total_steps))}
    </p>
  )
}

type RowsProps = { rows: TraceRow[]; total_ms: number; chosen: string | null; onChoose: (id: string) => void; now_ms: number }

function Rows({ rows, total_ms, chosen, onChoose, now_ms }: RowsProps) {
  const texts = useTexts()
  const box = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 12 })
  const at = rows.findIndex(({ id }) => id === chosen)
  const choose = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (!row) return
    onChoose(row.id)
    virtual.scrollToIndex(rows.indexOf(row))
  }
  const moves: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1, PageDown: at + 10, PageUp: at - 10 }
  return (
    <div
      ref={box}
      role="listbox"
      tabIndex={0}
      aria-label={texts.run.trace}
      aria-activedescendant={chosen === null ? undefined : `trace-${chosen}`}
      className="max-h-[28rem] overflow-y-auto py-1 -outline-offset-2"
      onKeyDown={(event) => {
        const next = moves[event.key]
        if (next === undefined) return
        event.preventDefault()
        choose(next)
      }}
    >
      <div className="relative w-full" style={{ height: virtual.getTotalSize() }} role="presentation">
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index]
          return (
            row && (
              <Row
                key={row.id}
                row={row}
                top={start}
                total_ms={total_ms}
                now_ms={now_ms}
                isChosen={row.id === chosen}
                onChoose={() => onChoose(row.id)}
              />
            )
          )
        })}
      </div>
    </div>
  )
}

function Row(props: { row: TraceRow; top: number; total_ms: number; now_ms: number; isChosen: boolean; onChoose: () => void }) {
  const { row, top, total_ms, now_ms, isChosen, onChoose } = props
  const texts = useTexts()
  const format = useFormat()
  const bar = barOf(row, total_ms)
  return (
    <div
      id={`trace-${row.id}`}
      role="option"
      aria-selected={isChosen}
      tabIndex={-1}
      onClick={onChoose}
      onKeyDown={() => {}}
      className={clsx(
        'absolute inset-x-1 grid h-8 cursor-pointer grid-cols-[minmax(0,1fr)_4.25rem] items-center gap-3 rounded px-3 text-[13px] sm:grid-cols-[minmax(0,1fr)_minmax(5rem,34%)_4.25rem]',
        isChosen ? 'bg-accent-soft' : 'hover:bg-sunken/70',
      )}
      style={{ top }}
    >
      <span className={clsx('flex min-w-0 items-center gap-2', row.depth === 1 && 'pl-5')}>
        {row.kind === 'tool' ? (
          <StepIcon status={row.step.status} />
        ) : (
          <Brain className={clsx('size-3.5 shrink-0', row.kind === 'asking' ? 'animate-pulse text-info' : 'text-muted')} aria-hidden />
        )}
        <span className={clsx('truncate', row.kind === 'tool' && 'font-mono text-xs', row.failed && 'text-danger')}>
          {nameOf(row, texts, format)}
        </span>
        {row.kind === 'model' && row.call.taken_over && <Badge>{texts.again.takenOver}</Badge>}
      </span>
      <span className="relative hidden h-2 rounded-sm bg-sunken sm:block" aria-hidden>
        {!row.isTaken && (
          <span
            className={clsx(
              'absolute inset-y-0 rounded-sm',
              row.failed ? 'bg-danger' : row.kind === 'tool' ? 'bg-info' : 'bg-accent',
              row.duration_ms === null && 'animate-pulse',
            )}
            style={{ left: `${bar.left}%`, width: `${bar.width}%` }}
          />
        )}
      </span>
      <span className="text-right text-xs tabular-nums text-muted">{format.duration(row.duration_ms ?? Math.max(0, now_ms - row.start_ms))}</span>
    </div>
  )
}

function nameOf(row: TraceRow, texts: Texts, format: Format): string {
  if (row.kind === 'tool') return stepName(row.step)
  return row.kind === 'model' ? texts.run.modelCall(format.number(row.call.call)) : texts.again.asking(format.number(row.call))
}
