import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { useTexts } from '../../i18n/texts.ts'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Card, CardTitle, Skeleton } from '../../ui/parts.tsx'
import { recentRunsQuery } from './run-queries.ts'
import { Ago, RunStatusBadge } from './run-status.tsx'

/** The latest runs, of one agent or of all. */
export function RecentRuns({ agent, limit }: { agent?: string; limit: number }) {
  const texts = useTexts()
  const { data, error, refetch } = useQuery(recentRunsQuery(agent, limit))
  return (
    <Card>
      <CardTitle
        side={
          <Link to="/runs" search={{ agent }} className="text-xs text-muted hover:text-ink">
            {agent === undefined ? texts.start.allRuns : texts.agents.allRuns}
          </Link>
        }
      >
        {agent === undefined ? texts.start.recent : texts.agents.recentRuns}
      </CardTitle>
      {error && (
        <div className="p-3">
          <ErrorBox error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {!data && !error && <Skeleton />}
      {data?.length === 0 && <p className="p-4 text-[13px] text-muted">{texts.agents.noRuns}</p>}
      <ul className="divide-y divide-line">
        {data?.map((run) => (
          <li key={run.run_id}>
            <Link
              to="/runs/$runId"
              params={{ runId: run.run_id }}
              className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-0.5 px-4 py-2 text-[13px] -outline-offset-2 hover:bg-sunken/60"
            >
              <span className="truncate">{run.input}</span>
              <RunStatusBadge run={run} />
              <span className="text-xs text-muted">
                <Ago at={run.created_at} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  )
}
