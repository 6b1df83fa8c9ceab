import { useRun } from '@cadre/client/react'
import { Link } from '@tanstack/react-router'
import { ArrowRight, Square } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { queries } from '../../lib/api.ts'
import { reach } from '../../lib/reach.ts'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { ErrorBox, explainError } from '../../ui/error-box.tsx'
import { Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { useMay } from '../access/access-queries.ts'
import { RunApprovals } from '../approvals/run-approvals-later.tsx'
import { Answer } from './answer.tsx'
import { LiveSteps } from './live-steps.tsx'
import { ResolveStep } from './resolve-step.tsx'
import { isOver } from './run-queries.ts'
import { Cost, RunDuration, RunStatusBadge } from './run-status.tsx'

/** Values that take more bytes come when somebody asks for them; of a long trace, more than fits on a screen comes first. */
const watching = { max_value_bytes: 8_000, first_events: 1_000 }

/** `useRun`, which also tells the bar above the page whether the server answers, and lists of runs that this one ended. */
export function useWatchedRun(runId: string | null) {
  const live = useRun(runId, watching)
  const { connection, run } = live
  useEffect(() => {
    if (connection === 'away') reach.tell(false)
    if (connection === 'live' || connection === 'closed') reach.tell(true)
  }, [connection])
  const status = run?.status
  useEffect(() => {
    if (status !== undefined) void queries.invalidateQueries({ queryKey: ['runs'] })
  }, [status])
  return live
}

export function useCancel(cancel: () => Promise<unknown>) {
  const texts = useTexts()
  const [isCancelling, setCancelling] = useState(false)
  const run = async () => {
    setCancelling(true)
    try {
      await cancel()
      toast(texts.run.cancelled)
    } catch (error) {
      const { what, detail } = explainError(error, texts)
      toast(detail ?? what, { tone: 'danger' })
    } finally {
      setCancelling(false)
    }
  }
  return { isCancelling, cancel: run }
}

/** One run beside the form that started it: what happens, what it costs, what came of it. */
export function RunPanel({ runId }: { runId: string }) {
  const texts = useTexts()
  const format = useFormat()
  const live = useWatchedRun(runId)
  const { isCancelling, cancel } = useCancel(live.cancel)
  const { run } = live
  const mayCancel = useMay('runs.cancel', run?.agent_id)
  const mayResolve = useMay('runs.resolve', run?.agent_id)
  if (live.error) return <ErrorBox error={live.error} onRetry={live.reopen} />
  if (!run) return <Skeleton />
  const uncertain = run.waiting?.for === 'uncertain' ? run.steps.find(({ status }) => status === 'uncertain') : undefined
  return (
    <div className="flex flex-col gap-4" aria-live="polite" aria-busy={!isOver(run.status)}>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-xs text-muted">
        <RunStatusBadge run={run} />
        <RunDuration run={run} />
        <span>{texts.counts.steps(run.metrics.total_steps, format.number(run.metrics.total_steps))}</span>
        <span className="tabular-nums">{texts.counts.tokens(tokensOf(run), format.short(tokensOf(run)))}</span>
        {run.metrics.cost !== null && <Cost value={run.metrics.cost} />}
        <span className="ml-auto flex gap-2">
          {!isOver(run.status) && mayCancel && (
            <Button size="small" look="danger" busy={isCancelling} onClick={() => void cancel()}>
              <Square aria-hidden />
              {texts.run.cancel}
            </Button>
          )}
          <Link to="/runs/$runId" params={{ runId }} className={buttonStyle({ size: 'small' })}>
            {texts.run.open}
            <ArrowRight aria-hidden />
          </Link>
        </span>
      </div>
      <LiveSteps run={run} texts={live.texts} />
      {run.waiting?.for === 'approval' && <RunApprovals runId={run.run_id} />}
      {uncertain && mayResolve && <ResolveStep step={uncertain} resolve={live.resolve} />}
      {isOver(run.status) && <Answer run={run} />}
    </div>
  )
}

const tokensOf = ({ metrics }: { metrics: { tokens_input: number; tokens_output: number } }) => metrics.tokens_input + metrics.tokens_output
