import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Gauge, Lock } from 'lucide-react'
import { lazy, type ReactNode, Suspense } from 'react'
import { useMay } from '../features/access/access-queries.ts'
import { agentsQuery } from '../features/agents/agent-queries.ts'
import { machineQuery, seriesQuery, systemQuery } from '../features/monitoring/monitoring-queries.ts'
import { type MonitoringSearch, type Range, rangeNames } from '../features/monitoring/monitoring-search.ts'
import { useMonitoringTexts } from '../i18n/monitoring-texts.ts'
import { useTexts } from '../i18n/texts.ts'
import { useTitle } from '../lib/use-title.ts'
import { Button, buttonStyle } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Select } from '../ui/field.tsx'
import { Card, Empty, Page, PageHeader, Skeleton } from '../ui/parts.tsx'

// With the charts, which a page without runs does not need.
const RunsFigures = lazy(() => import('../features/monitoring/runs-figures.tsx').then(({ RunsFigures }) => ({ default: RunsFigures })))
const ServerFigures = lazy(() => import('../features/monitoring/server-figures.tsx').then(({ ServerFigures }) => ({ default: ServerFigures })))

export function MonitoringPage() {
  const texts = useMonitoringTexts()
  const { access } = useTexts()
  const search = useSearch({ from: '/monitoring' })
  const navigate = useNavigate({ from: '/monitoring' })
  const change = (changed: MonitoringSearch) => void navigate({ search: (before) => ({ ...before, ...changed }), replace: true })
  useTitle(texts.title)
  const isTheirs = useMay('metrics.series')
  const seesServer = useMay('metrics.system')
  return (
    <Page wide>
      <PageHeader title={texts.title} text={texts.text}>
        {isTheirs && <Filters search={search} onChange={change} />}
      </PageHeader>
      {isTheirs ? (
        <>
          <Runs search={search} onRange={(range) => change({ range })} />
          <h2 className="mb-3 mt-8 text-[15px] font-semibold">{texts.server}</h2>
          {seesServer ? <Server range={search.range ?? 'day'} /> : <p className="text-[13px] text-muted">{texts.elsewhere}</p>}
        </>
      ) : (
        <Card>
          <Empty icon={Lock} title={access.noFigures} text={access.askRole} />
        </Card>
      )}
    </Page>
  )
}

function Filters({ search, onChange }: { search: MonitoringSearch; onChange: (change: MonitoringSearch) => void }) {
  const texts = useMonitoringTexts()
  const { data: agents = [] } = useQuery(agentsQuery)
  return (
    <div className="grid grid-cols-2 gap-2 sm:flex">
      <Select
        className="max-w-56"
        aria-label={texts.agent}
        value={search.agent ?? ''}
        onChange={(event) => onChange({ agent: event.target.value || undefined })}
      >
        <option value="">{texts.anyAgent}</option>
        {agents.map(({ id, slug, name }) => (
          <option key={id} value={slug}>
            {name}
          </option>
        ))}
        {search.agent !== undefined && !agents.some(({ slug }) => slug === search.agent) && <option value={search.agent}>{search.agent}</option>}
      </Select>
      <Select
        className="max-w-40"
        aria-label={texts.range}
        value={search.range ?? 'day'}
        onChange={(event) => onChange({ range: rangeNames.find((each) => each === event.target.value) })}
      >
        {rangeNames.map((each) => (
          <option key={each} value={each}>
            {texts.ranges[each]}
          </option>
        ))}
      </Select>
    </div>
  )
}

function Runs({ search: { range = 'day', agent }, onRange }: { search: MonitoringSearch; onRange: (range: Range) => void }) {
  const texts = useMonitoringTexts()
  const { data, error, refetch } = useQuery(seriesQuery(range, agent))
  return (
    <Loaded isThere={data !== undefined} error={error} onRetry={() => void refetch()}>
      {data?.totals.runs === 0 && (
        <Card>
          <Empty icon={Gauge} title={texts.emptyTitle} text={texts.emptyText}>
            {range !== 'month' && <Button onClick={() => onRange('month')}>{texts.longer}</Button>}
            <Link to="/" className={buttonStyle({ look: 'primary' })}>
              {texts.startRun}
            </Link>
          </Empty>
        </Card>
      )}
      {data && data.totals.runs > 0 && <RunsFigures series={data} agent={agent} />}
    </Loaded>
  )
}

function Server({ range }: { range: Range }) {
  const machine = useQuery(machineQuery(range))
  const system = useQuery(systemQuery)
  const error = machine.error ?? system.error
  const isThere = machine.data !== undefined && system.data !== undefined
  return (
    <Loaded isThere={isThere} error={error} onRetry={() => void Promise.all([machine.refetch(), system.refetch()])}>
      {machine.data && system.data && <ServerFigures machine={machine.data} system={system.data} />}
    </Loaded>
  )
}

/** What was there before stays under what went wrong since. */
function Loaded({ isThere, error, onRetry, children }: { isThere: boolean; error: unknown; onRetry: () => void; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-4">
      {error !== null && <ErrorBox error={error} onRetry={onRetry} />}
      {!isThere && error === null && <Skeleton rows={6} />}
      <Suspense fallback={<Skeleton rows={6} />}>{children}</Suspense>
    </div>
  )
}
