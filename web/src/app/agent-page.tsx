import { useAgent } from '@cadre/client/react'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Lock, Pencil } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useMay } from '../features/access/access-queries.ts'
import { isOwn, type SeenAgent } from '../features/agents/agent-queries.ts'
import { RecentRuns } from '../features/runs/recent-runs.tsx'
import { type RunDraft, RunForm, type RunRequest } from '../features/runs/run-form.tsx'
import { RunPanel } from '../features/runs/run-panel.tsx'
import { Starters } from '../features/start/starter-buttons.tsx'
import { useFormat, useTexts } from '../i18n/texts.ts'
import { queries } from '../lib/api.ts'
import { useShortcut } from '../lib/use-shortcut.ts'
import { useTitle } from '../lib/use-title.ts'
import { buttonStyle } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Badge, Card, CardTitle, Empty, Page, PageHeader, Skeleton } from '../ui/parts.tsx'
import { Source } from '../ui/value-view.tsx'

// Menus weigh as much as the page itself.
const AgentMenu = lazy(() => import('../features/agents/agent-menu.tsx').then(({ AgentMenu }) => ({ default: AgentMenu })))

/** An agent at work: a task for it, what becomes of it, and what it is. */
export function AgentPage() {
  const { agentId } = useParams({ from: '/agents/$agentId' })
  // Another agent is another page: nothing of the one before is kept.
  return <AgentAtWork key={agentId} agentId={agentId} />
}

function AgentAtWork({ agentId }: { agentId: string }) {
  const { input } = useSearch({ from: '/agents/$agentId' })
  const texts = useTexts()
  const navigate = useNavigate()
  const { agent, error, reload, start, isStarting } = useAgent(agentId)
  const [draft, setDraft] = useState<RunDraft>({ input: input ?? '', data: '' })
  const [runId, setRunId] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<unknown>(null)
  useTitle(agent?.name ?? texts.agents.title)
  const mayEdit = useMay('agents.update', agent?.id)
  const mayRun = useMay('runs.start', agent?.id)
  const edit = () => void navigate({ to: '/agents/$agentId/edit', params: { agentId } })
  useShortcut('e', texts.common.edit, texts.shell.groupPage, edit, mayEdit)

  if (error && !agent) {
    return (
      <Page>
        <ErrorBox error={error} onRetry={() => void reload()}>
          <Link to="/agents" className={buttonStyle({ size: 'small' })}>
            {texts.agents.title}
          </Link>
        </ErrorBox>
      </Page>
    )
  }
  if (!agent) {
    return (
      <Page>
        <Skeleton rows={6} />
      </Page>
    )
  }

  const run = async (request: RunRequest) => {
    setRefusal(null)
    try {
      setRunId((await start(request)).run_id)
      await queries.invalidateQueries({ queryKey: ['runs'] })
    } catch (error) {
      setRefusal(error)
    }
  }

  return (
    <Page wide>
      <PageHeader
        above={
          <Link to="/agents" className="hover:text-ink">
            {texts.agents.title}
          </Link>
        }
        title={agent.name}
        text={agent.description}
      >
        {mayEdit && (
          <Link to="/agents/$agentId/edit" params={{ agentId: agent.slug }} className={buttonStyle()}>
            <Pencil aria-hidden />
            {texts.common.edit}
          </Link>
        )}
        <Suspense fallback={<span className="size-8" />}>
          <AgentMenu agent={agent} onRemoved={() => void navigate({ to: '/agents' })} />
        </Suspense>
      </PageHeader>
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_320px]">
        <div className="flex min-w-0 flex-col gap-4">
          <Card className="p-4">
            {mayRun ? (
              <>
                <RunForm draft={draft} onDraft={setDraft} agent={agent.slug} busy={isStarting} onRun={(request) => void run(request)} />
                {runId === null && <Starters tools={agent.tools} onChoose={setDraft} />}
              </>
            ) : (
              <Empty icon={Lock} title={texts.access.noRuns} text={texts.access.askMember} />
            )}
          </Card>
          {refusal !== null && <ErrorBox error={refusal} />}
          {runId !== null && (
            <Card className="p-4">
              <RunPanel key={runId} runId={runId} />
            </Card>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-4">
          <RecentRuns agent={agent.slug} limit={6} />
          <Details agent={agent} />
        </div>
      </div>
    </Page>
  )
}

function Details({ agent }: { agent: SeenAgent }) {
  const texts = useTexts()
  const format = useFormat()
  const isAuto = agent.provider === 'auto' && agent.model === 'auto'
  return (
    <Card>
      <CardTitle>{texts.agents.details}</CardTitle>
      <dl className="flex flex-col gap-3 p-4 text-[13px]">
        <div>
          <dt className="text-xs text-muted">{texts.agents.model}</dt>
          <dd>{isAuto ? texts.agents.auto : `${agent.provider} / ${agent.model}`}</dd>
        </div>
        <div>
          <dt className="mb-1 text-xs text-muted">{texts.agents.tools}</dt>
          <dd className="flex flex-wrap gap-1">
            {agent.tools.length === 0 && texts.agents.noTools}
            {agent.tools.map((tool) => (
              <Link key={tool} to="/tools/$pluginId" params={{ pluginId: tool.split('__')[0] ?? tool }} search={tool.includes('__') ? { tool } : {}}>
                <Badge className="font-mono hover:text-ink">{tool}</Badge>
              </Link>
            ))}
          </dd>
        </div>
        {isOwn(agent) && (
          <>
            <div>
              <dt className="text-xs text-muted">{texts.agents.limits}</dt>
              <dd>
                {texts.agents.maxSteps(format.number(agent.config.max_steps))}, {texts.agents.timeout(format.duration(agent.config.timeout_ms))}
              </dd>
            </div>
            <div>
              <dt className="text-xs text-muted">{texts.agents.instructions}</dt>
              <dd className="line-clamp-6 whitespace-pre-wrap break-words">{agent.effective_system_prompt}</dd>
            </div>
            {agent.output_schema && (
              <div>
                <dt className="mb-1 text-xs text-muted">{texts.agents.outputSchema}</dt>
                <dd>
                  <Source text={JSON.stringify(agent.output_schema, null, 2)} />
                </dd>
              </div>
            )}
          </>
        )}
      </dl>
    </Card>
  )
}
