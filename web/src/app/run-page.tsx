import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import type { Replay, Run } from '@cadre/contract/runs'
import { useQuery } from '@tanstack/react-query'
import { Square } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useMay } from '../features/access/access-queries.ts'
import { agentsQuery } from '../features/agents/agent-queries.ts'
import { RunApprovals } from '../features/approvals/run-approvals-later.tsx'
import { Answer } from '../features/runs/answer.tsx'
import type { ForkPoint } from '../features/runs/fork-dialog.tsx'
import { LiveSteps } from '../features/runs/live-steps.tsx'
import { ReplayResult } from '../features/runs/replay-result.tsx'
import { ResolveStep } from '../features/runs/resolve-step.tsx'
import { RunActions } from '../features/runs/run-actions.tsx'
import { RunLog } from '../features/runs/run-log.tsx'
import { useCancel, useWatchedRun } from '../features/runs/run-panel.tsx'
import { isOver } from '../features/runs/run-queries.ts'
import { Cost, RunDuration, RunStatusBadge } from '../features/runs/run-status.tsx'
import { Trace } from '../features/runs/trace.tsx'
import { WholeValue } from '../features/runs/whole-value.tsx'
import { useFormat, useTexts } from '../i18n/texts.ts'
import { useTitle } from '../lib/use-title.ts'
import { Button, buttonStyle } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Badge, Card, CardTitle, Figure, Page, PageHeader, Skeleton } from '../ui/parts.tsx'
import { Source, ValueView } from '../ui/value-view.tsx'

const ForkDialog = lazy(() => import('../features/runs/fork-dialog.tsx').then(({ ForkDialog }) => ({ default: ForkDialog })))

/** One run: what was asked, what came of it, and every step between. */
export function RunPage() {
  const { runId } = useParams({ from: '/runs/$runId' })
  return <OneRun key={runId} runId={runId} />
}

function OneRun({ runId }: { runId: string }) {
  const texts = useTexts()
  // The chosen step stands in the address, and how the trace is shown, so that it can be shown to others.
  const { row, view } = useSearch({ from: '/runs/$runId' })
  const choose = useNavigate({ from: '/runs/$runId' })
  const live = useWatchedRun(runId)
  const { isCancelling, cancel } = useCancel(live.cancel)
  const { data: agents } = useQuery(agentsQuery)
  const [forkAt, setForkAt] = useState<ForkPoint | null>(null)
  const [replay, setReplay] = useState<Replay | null>(null)
  const { run } = live
  const mayCancel = useMay('runs.cancel', run?.agent_id)
  const seesBudgets = useMay('budgets.list')
  const mayResolve = useMay('runs.resolve', run?.agent_id)
  useTitle(run ? run.input.slice(0, 60) : texts.run.title)

  if (live.error) {
    return (
      <Page>
        <ErrorBox error={live.error} onRetry={live.reopen}>
          <Link to="/runs" className={buttonStyle({ size: 'small' })}>
            {texts.runs.title}
          </Link>
        </ErrorBox>
      </Page>
    )
  }
  if (!run) {
    return (
      <Page wide>
        <Skeleton rows={9} />
      </Page>
    )
  }
  const agent = agents?.find(({ id }) => id === run.agent_id)
  const uncertain = mayResolve && run.waiting?.for === 'uncertain' ? run.steps.find(({ status }) => status === 'uncertain') : undefined
  const isLive = !isOver(run.status)
  return (
    <Page wide>
      <PageHeader
        above={
          <Link to="/runs" className="hover:text-ink">
            {texts.runs.title}
          </Link>
        }
        title={<span className="line-clamp-3">{run.input}</span>}
      >
        <RunStatusBadge run={run} />
        {isLive && (
          <Badge tone={live.connection === 'away' ? 'warning' : 'neutral'}>
            {live.connection === 'away' ? texts.run.reconnecting : texts.run.live}
          </Badge>
        )}
        {isLive && mayCancel && (
          <Button look="danger" busy={isCancelling} onClick={() => void cancel()}>
            <Square aria-hidden />
            {texts.run.cancel}
          </Button>
        )}
        {!isLive && <RunActions run={run} agentSlug={agent?.slug} onFork={setForkAt} onReplay={setReplay} />}
      </PageHeader>
      <div className="flex flex-col gap-4">
        {replay && <ReplayResult replay={replay} onClose={() => setReplay(null)} />}
        <Facts run={run} agentName={agent?.name} agentSlug={agent?.slug} />
        {uncertain && <ResolveStep step={uncertain} resolve={live.resolve} />}
        {run.waiting?.for === 'approval' && <RunApprovals runId={run.run_id} />}
        {run.waiting && run.waiting.for !== 'approval' && !uncertain && (
          <p className="rounded-lg bg-warning-soft px-4 py-2.5 text-[13px]">
            {run.waiting.reason}{' '}
            {run.waiting.for === 'budget' && seesBudgets && (
              <Link to="/usage" className="font-medium underline underline-offset-2">
                {texts.usage.budgets}
              </Link>
            )}
          </p>
        )}
        {run.warnings.length > 0 && (
          <ul aria-label={texts.run.warnings} className="rounded-lg bg-warning-soft px-4 py-2.5 text-[13px]">
            {run.warnings.map(({ code, message }) => (
              <li key={`${code} ${message}`}>{message}</li>
            ))}
          </ul>
        )}
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
          <Card className="min-w-0">
            <CardTitle>{texts.run.answer}</CardTitle>
            <div className="p-4">{isLive ? <LiveSteps run={run} texts={live.texts} /> : <Answer run={run} />}</div>
          </Card>
          <Card className="min-w-0">
            <CardTitle>{texts.run.task}</CardTitle>
            <div className="flex flex-col gap-3 p-4">
              <p className="max-h-60 overflow-y-auto whitespace-pre-wrap break-words">{run.input}</p>
              {run.data !== null && run.data !== undefined && (
                <div>
                  <h3 className="mb-1 text-xs text-muted">{texts.run.data}</h3>
                  <WholeValue of={{ runId, of: 'data' }} value={run.data} bytes={run.cut?.['data']} show={(data) => <GivenData data={data} />} />
                </div>
              )}
            </div>
          </Card>
        </div>
        <Trace
          run={run}
          chosen={row ?? null}
          onChoose={(row) => void choose({ search: { row, view }, replace: true, resetScroll: false })}
          view={view ?? 'tree'}
          onView={(view) => void choose({ search: { row, view: view === 'tree' ? undefined : view }, replace: true, resetScroll: false })}
          onFork={setForkAt}
        />
        <RunLog run={run} />
        <Suspense>{forkAt && <ForkDialog run={run} at={forkAt} onClose={() => setForkAt(null)} />}</Suspense>
      </div>
    </Page>
  )
}

/** Data is often one text under one name (a CSV): then that text is what people want to see. */
function GivenData({ data }: { data: unknown }) {
  const values = typeof data === 'object' && data !== null && !Array.isArray(data) ? Object.values(data) : []
  return values.length === 1 && typeof values[0] === 'string' ? <Source text={values[0]} /> : <ValueView value={data} />
}

function Facts({ run, agentName, agentSlug }: { run: Run; agentName: string | undefined; agentSlug: string | undefined }) {
  const texts = useTexts()
  const format = useFormat()
  const { metrics } = run
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 rounded-lg border border-line bg-surface px-4 py-3 text-[13px] sm:flex sm:flex-wrap sm:gap-x-9">
      <Figure label={texts.run.agent}>
        {agentSlug ? (
          <Link to="/agents/$agentId" params={{ agentId: agentSlug }} className="hover:underline">
            {agentName}
          </Link>
        ) : (
          texts.runs.agentGone
        )}
        {agentSlug && run.agent_version !== null && (
          <Link
            to="/agents/$agentId/versions"
            params={{ agentId: agentSlug }}
            search={{ version: run.agent_version }}
            className="ml-1.5 text-xs text-muted hover:underline"
          >
            {texts.again.agentVersion(format.number(run.agent_version))}
          </Link>
        )}
      </Figure>
      <Figure label={texts.run.model} title={run.model ?? undefined}>
        {run.provider ? `${run.provider} / ${run.model}` : '–'}
      </Figure>
      <Figure label={texts.run.took}>
        <RunDuration run={run} />
      </Figure>
      <Figure label={texts.run.steps}>{format.number(metrics.total_steps)}</Figure>
      <Figure label={texts.run.tokensIn}>{format.number(metrics.tokens_input)}</Figure>
      <Figure label={texts.run.tokensOut}>{format.number(metrics.tokens_output)}</Figure>
      <Figure label={texts.run.cost}>
        <Cost value={metrics.cost} />
      </Figure>
      <Figure label={texts.run.started} title={format.exact(run.created_at)}>
        {format.dateTime(run.created_at)}
      </Figure>
      {run.parent_run_id !== null && (
        <Figure label={texts.run.parent}>
          <Link to="/runs/$runId" params={{ runId: run.parent_run_id }} className="text-accent hover:underline">
            {run.parent_run_id}
          </Link>
        </Figure>
      )}
      {run.retry_of !== null && <Origin label={texts.again.retryOf} run={run} from={run.retry_of} />}
      {run.forked_from && (
        <Origin
          label={`${texts.again.forkedFrom} (${texts.again.forkedAt(format.number(run.forked_from.call))})`}
          run={run}
          from={run.forked_from.run_id}
        />
      )}
      {run.attempts > 1 && <Figure label={texts.run.retries}>{texts.run.attempts(format.number(run.attempts))}</Figure>}
    </dl>
  )
}

/** The run that this one was made of, and the two side by side. */
function Origin({ label, run, from }: { label: string; run: Run; from: string }) {
  const texts = useTexts()
  return (
    <Figure label={label} title={from}>
      <Link to="/runs/$runId" params={{ runId: from }} className="text-accent hover:underline">
        {from.slice(-8)}
      </Link>{' '}
      <Link to="/runs/$runId/compare/$otherId" params={{ runId: from, otherId: run.run_id }} className="ml-1 text-accent hover:underline">
        {texts.again.compare}
      </Link>
    </Figure>
  )
}
