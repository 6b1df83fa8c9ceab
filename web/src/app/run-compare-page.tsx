import type { Run } from '@cadre/contract/runs'
import { Link, useParams } from '@tanstack/react-router'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { ArrowLeftRight } from 'lucide-react'
import { RunDiffView } from '../features/runs/run-diff.tsx'
import { isOver } from '../features/runs/run-queries.ts'
import { Cost, RunDuration, RunStatusBadge } from '../features/runs/run-status.tsx'
import { useFormat, useTexts } from '../i18n/texts.ts'
import { client } from '../lib/api.ts'
import { useTitle } from '../lib/use-title.ts'
import { buttonStyle } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Card, Figure, Page, PageHeader, Skeleton } from '../ui/parts.tsx'

const runQuery = (runId: string) =>
  queryOptions({
    queryKey: ['runs', 'one', runId],
    queryFn: ({ signal }) => client.runs.get({ runId }, { signal }),
    refetchInterval: ({ state }) => (state.data && !isOver(state.data.status) ? 1_000 : false),
  })

/** What two runs did and came to, side by side. */
export function RunComparePage() {
  const texts = useTexts()
  const { runId, otherId } = useParams({ from: '/runs/$runId/compare/$otherId' })
  const [a, b] = [useQuery(runQuery(runId)), useQuery(runQuery(otherId))]
  useTitle(texts.again.diff.title)
  const error = a.error ?? b.error
  return (
    <Page wide>
      <PageHeader
        above={
          <Link to="/runs" className="hover:text-ink">
            {texts.runs.title}
          </Link>
        }
        title={texts.again.diff.title}
      >
        <Link to="/runs/$runId/compare/$otherId" params={{ runId: otherId, otherId: runId }} className={buttonStyle()}>
          <ArrowLeftRight aria-hidden />
          {texts.again.diff.swap}
        </Link>
      </PageHeader>
      {error && <ErrorBox error={error} onRetry={() => void Promise.all([a.refetch(), b.refetch()])} />}
      {!error && (!a.data || !b.data) && <Skeleton rows={8} />}
      {a.data && b.data && (
        <div className="flex flex-col gap-4">
          <div className="grid grid-cols-1 gap-4 md:grid-cols-2">
            <Side label={texts.again.diff.first} run={a.data} />
            <Side label={texts.again.diff.second} run={b.data} />
          </div>
          <RunDiffView a={a.data} b={b.data} />
        </div>
      )}
    </Page>
  )
}

function Side({ label, run }: { label: string; run: Run }) {
  const texts = useTexts()
  const format = useFormat()
  return (
    <Card className="flex min-w-0 flex-col gap-3 p-4">
      <div className="flex items-center justify-between gap-3">
        <h2 className="min-w-0 truncate text-[13px] font-semibold">
          {label}:{' '}
          <Link to="/runs/$runId" params={{ runId: run.run_id }} className="font-mono text-xs font-normal text-accent hover:underline">
            {run.run_id}
          </Link>
        </h2>
        <RunStatusBadge run={run} />
      </div>
      <dl className="grid grid-cols-2 gap-3 text-[13px] sm:grid-cols-4">
        <Figure label={texts.run.model} title={run.model ?? undefined}>
          {run.provider ? `${run.provider} / ${run.model}` : '–'}
        </Figure>
        <Figure label={texts.run.took}>
          <RunDuration run={run} />
        </Figure>
        <Figure label={texts.runs.tokens}>{format.number(run.metrics.tokens_input + run.metrics.tokens_output)}</Figure>
        <Figure label={texts.run.cost}>
          <Cost value={run.metrics.cost} />
        </Figure>
      </dl>
    </Card>
  )
}
