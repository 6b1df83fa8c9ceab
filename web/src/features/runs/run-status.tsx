import type { Run, RunSummary, Step } from '@cadre/contract/runs'
import clsx from 'clsx'
import { Ban, Check, CircleHelp, Clock, LoaderCircle, Pause, TriangleAlert } from 'lucide-react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { useNow } from '../../lib/use-now.ts'
import { Badge } from '../../ui/parts.tsx'
import { isOver } from './run-queries.ts'

const looks = {
  pending: { tone: 'neutral', icon: Clock },
  running: { tone: 'info', icon: LoaderCircle },
  completed: { tone: 'success', icon: Check },
  failed: { tone: 'danger', icon: TriangleAlert },
  timeout: { tone: 'danger', icon: Clock },
  cancelled: { tone: 'neutral', icon: Ban },
} as const

/** One width for all states, so that what stands beside them stays in line. */
export function RunStatusBadge({ run: { status, waiting }, fixed = false }: { run: Pick<RunSummary, 'status' | 'waiting'>; fixed?: boolean }) {
  const texts = useTexts()
  const width = fixed && 'w-full'
  if (waiting) {
    return (
      <Badge tone="warning" className={clsx(width)} title={waiting.reason}>
        <Pause aria-hidden />
        <span className="truncate">{texts.waitingFor[waiting.for]}</span>
      </Badge>
    )
  }
  const { tone, icon: Icon } = looks[status]
  return (
    <Badge tone={tone} className={clsx(width)}>
      <Icon className={clsx(status === 'running' && 'animate-spin')} aria-hidden />
      <span className="truncate">{texts.runStatus[status]}</span>
    </Badge>
  )
}

export function StepIcon({ status }: { status: Step['status'] }) {
  const texts = useTexts()
  const label = texts.stepStatus[status]
  const props = { className: 'size-3.5 shrink-0', 'aria-label': label, role: 'img' } as const
  if (status === 'running') return <LoaderCircle {...props} className="size-3.5 shrink-0 animate-spin text-info" />
  if (status === 'completed') return <Check {...props} className="size-3.5 shrink-0 text-success" />
  if (status === 'failed') return <TriangleAlert {...props} className="size-3.5 shrink-0 text-danger" />
  if (status === 'waiting') return <Pause {...props} className="size-3.5 shrink-0 text-warning" />
  return <CircleHelp {...props} className="size-3.5 shrink-0 text-warning" />
}

/** How long it took, or has taken until now. */
export function RunDuration({ run }: { run: Pick<Run, 'status' | 'started_at' | 'completed_at' | 'metrics'> }) {
  const format = useFormat()
  const now = useNow(isOver(run.status) ? null : 100)
  const begin = run.started_at === null ? null : Date.parse(run.started_at)
  const ms =
    run.metrics.duration_ms ?? (begin === null ? null : Math.max(0, (run.completed_at === null ? now : Date.parse(run.completed_at)) - begin))
  return <span className="tabular-nums">{ms === null ? '–' : format.duration(ms)}</span>
}

export function Cost({ value }: { value: number | null }) {
  const format = useFormat()
  return <span className="tabular-nums">{value === null ? '–' : format.usd(value)}</span>
}

/** How long ago, with the moment itself for whoever points at it. */
export function Ago({ at }: { at: string }) {
  const format = useFormat()
  const now = useNow(10_000)
  return (
    <time dateTime={at} title={format.exact(at)}>
      {format.ago(at, now)}
    </time>
  )
}
