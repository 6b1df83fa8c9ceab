import type { RunSummary } from '@cadre/contract/runs'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Activity } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { mayCall, meQuery } from '../features/access/access-queries.ts'
import { agentsQuery } from '../features/agents/agent-queries.ts'
import { BulkCancel } from '../features/runs/bulk.tsx'
import { isOver, runsQuery } from '../features/runs/run-queries.ts'
import { Ago, Cost, RunDuration, RunStatusBadge } from '../features/runs/run-status.tsx'
import { type RunsSearch, type Span, spans, statuses } from '../features/runs/runs-search.ts'
import { useFormat, useTexts } from '../i18n/texts.ts'
import { useRowKeys } from '../lib/use-row-keys.ts'
import { useTitle } from '../lib/use-title.ts'
import { Button, buttonStyle } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Select } from '../ui/field.tsx'
import { Card, Empty, Page, PageHeader, Skeleton } from '../ui/parts.tsx'

const RunsMenu = lazy(() => import('../features/runs/runs-menu.tsx').then(({ RunsMenu }) => ({ default: RunsMenu })))

const columns = 'grid grid-cols-[1rem_minmax(0,1fr)_auto] items-center gap-x-3 md:grid-cols-[1rem_8.5rem_minmax(0,1fr)_8rem_4rem_4rem_4rem_7.5rem]'

export function RunsPage() {
  const texts = useTexts()
  const search = useSearch({ from: '/runs' })
  const navigate = useNavigate({ from: '/runs' })
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(runsQuery(search))
  const list = useRowKeys<HTMLUListElement>()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  useTitle(texts.runs.title)
  const runs = data?.pages.flatMap(({ items }) => items)
  const isFiltered = search.status !== undefined || search.agent !== undefined || search.since !== undefined || hasTimes(search)
  const { data: me } = useQuery(meQuery)
  const live = runs?.filter(({ status, agent_id }) => !isOver(status) && mayCall(me, 'runs.cancelMany', agent_id)) ?? []
  const chosen = live.filter(({ run_id }) => selected.has(run_id))
  const select = (ids: string[], on: boolean) => {
    const next = new Set(selected)
    for (const id of ids) {
      if (on) next.add(id)
      else next.delete(id)
    }
    setSelected(next)
  }

  return (
    <Page wide>
      <PageHeader title={texts.runs.title} text={texts.runs.text}>
        <Suspense>{runs && runs.length > 0 && <RunsMenu search={search} />}</Suspense>
      </PageHeader>
      <Filters search={search} onChange={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })} />
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!runs && !error && <Skeleton rows={8} />}
      {runs?.length === 0 && (
        <Card>
          {isFiltered ? (
            <Empty icon={Activity} title={texts.runs.noMatch} text={texts.runs.noMatchText}>
              <Button onClick={() => void navigate({ search: {}, replace: true })}>{texts.runs.clearFilters}</Button>
            </Empty>
          ) : (
            <Empty icon={Activity} title={texts.runs.emptyTitle} text={texts.runs.emptyText}>
              <Link to="/" className={buttonStyle({ look: 'primary' })}>
                {texts.start.quickTitle}
              </Link>
            </Empty>
          )}
        </Card>
      )}
      {runs && runs.length > 0 && (
        <Card className="overflow-hidden">
          <div className={`${columns} h-10 border-b border-line px-4 text-xs text-muted`}>
            <input
              type="checkbox"
              className="size-4 accent-accent"
              aria-label={texts.runs.selectAll}
              disabled={live.length === 0}
              checked={live.length > 0 && chosen.length === live.length}
              onChange={(event) =>
                select(
                  live.map(({ run_id }) => run_id),
                  event.target.checked,
                )
              }
            />
            {chosen.length > 0 ? (
              <BulkCancel runs={chosen} onDone={() => setSelected(new Set())} />
            ) : (
              <>
                <span className="hidden md:block">{texts.runs.status}</span>
                <span>{texts.runs.task}</span>
                <span className="hidden md:block">{texts.runs.agent}</span>
                <span className="hidden text-right md:block">{texts.runs.duration}</span>
                <span className="hidden text-right md:block">{texts.runs.tokens}</span>
                <span className="hidden text-right md:block">{texts.runs.cost}</span>
                <span className="hidden text-right md:block">{texts.runs.time}</span>
              </>
            )}
          </div>
          <ul ref={list}>
            {runs.map((run) => (
              <Row
                key={run.run_id}
                run={run}
                maySelect={live.includes(run)}
                isSelected={selected.has(run.run_id)}
                onSelect={(on) => select([run.run_id], on)}
              />
            ))}
          </ul>
        </Card>
      )}
      {hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {texts.runs.loadMore}
          </Button>
        </div>
      )}
    </Page>
  )
}

const hasTimes = ({ from, to }: RunsSearch) => from !== undefined || to !== undefined

function Filters({ search, onChange }: { search: RunsSearch; onChange: (change: RunsSearch) => void }) {
  const texts = useTexts()
  const format = useFormat()
  const { data: agents = [] } = useQuery(agentsQuery)
  const spanNames: Span[] = ['hour', 'day', 'week']
  return (
    <div className="mb-3 grid grid-cols-2 gap-2 sm:flex">
      <Select
        className="max-w-44"
        aria-label={texts.runs.status}
        value={search.status ?? ''}
        onChange={(event) => onChange({ status: statuses.find((each) => each === event.target.value) })}
      >
        <option value="">{texts.runs.anyStatus}</option>
        {statuses.map((status) => (
          <option key={status} value={status}>
            {texts.runStatus[status]}
          </option>
        ))}
      </Select>
      <Select
        className="max-w-56"
        aria-label={texts.runs.agent}
        value={search.agent ?? ''}
        onChange={(event) => onChange({ agent: event.target.value || undefined })}
      >
        <option value="">{texts.runs.anyAgent}</option>
        {agents.map(({ id, slug, name }) => (
          <option key={id} value={slug}>
            {name}
          </option>
        ))}
        {search.agent !== undefined && !agents.some(({ slug }) => slug === search.agent) && <option value={search.agent}>{search.agent}</option>}
      </Select>
      <Select
        className={hasTimes(search) ? 'col-span-2 sm:w-auto' : 'max-w-40'}
        aria-label={texts.runs.time}
        value={search.since ?? (hasTimes(search) ? 'times' : '')}
        onChange={(event) =>
          onChange({ since: spanNames.find((each) => each === event.target.value && spans[each]), from: undefined, to: undefined })
        }
      >
        <option value="">{texts.runs.since.any}</option>
        {hasTimes(search) && (
          <option value="times">{texts.runs.between(search.from && format.dateTime(search.from), search.to && format.dateTime(search.to))}</option>
        )}
        {spanNames.map((span) => (
          <option key={span} value={span}>
            {texts.runs.since[span]}
          </option>
        ))}
      </Select>
    </div>
  )
}

type RowProps = { run: RunSummary; maySelect: boolean; isSelected: boolean; onSelect: (on: boolean) => void }

function Row({ run, maySelect, isSelected, onSelect }: RowProps) {
  const texts = useTexts()
  const format = useFormat()
  const { data: agents } = useQuery(agentsQuery)
  const agent = agents?.find(({ id }) => id === run.agent_id)
  const tokens = run.metrics.tokens_input + run.metrics.tokens_output
  return (
    <li className={`${columns} relative min-h-11 gap-y-0.5 border-b border-line px-4 py-1.5 text-[13px] last:border-0 hover:bg-sunken/50`}>
      <input
        type="checkbox"
        className="relative z-10 size-4 accent-accent"
        aria-label={texts.runs.select(run.input.slice(0, 60))}
        disabled={!maySelect}
        checked={isSelected && maySelect}
        onChange={(event) => onSelect(event.target.checked)}
      />
      <span className="order-last col-start-3 flex row-start-1 md:order-none md:col-start-auto md:row-start-auto">
        <RunStatusBadge run={run} fixed />
      </span>
      <span className="min-w-0">
        <Link
          to="/runs/$runId"
          params={{ runId: run.run_id }}
          data-row
          className="block truncate outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {run.input}
        </Link>
        <span className="flex gap-2 truncate text-xs text-muted md:hidden">
          <span className="truncate">{agent?.name ?? texts.runs.agentGone}</span>
          <Ago at={run.created_at} />
        </span>
      </span>
      <span className="hidden truncate text-muted md:block">{agents && (agent?.name ?? texts.runs.agentGone)}</span>
      <span className="hidden text-right md:block">
        <RunDuration run={run} />
      </span>
      <span className="hidden text-right tabular-nums md:block">{format.short(tokens)}</span>
      <span className="hidden text-right md:block">
        <Cost value={run.metrics.cost} />
      </span>
      <span className="hidden whitespace-nowrap text-right text-muted md:block">
        <Ago at={run.created_at} />
      </span>
    </li>
  )
}
