import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Bot, LayoutGrid, Plus, Rows3 } from 'lucide-react'
import { useRef } from 'react'
import { useMay } from '../features/access/access-queries.ts'
import { AgentMenu } from '../features/agents/agent-menu.tsx'
import { agentsQuery, isOwn, type SeenAgent } from '../features/agents/agent-queries.ts'
import { usePendingDeletes } from '../features/agents/pending-deletes.ts'
import { Ago } from '../features/runs/run-status.tsx'
import { useFormat, useTexts } from '../i18n/texts.ts'
import { useRowKeys } from '../lib/use-row-keys.ts'
import { useShortcut } from '../lib/use-shortcut.ts'
import { useTitle } from '../lib/use-title.ts'
import { Button, buttonStyle } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Input } from '../ui/field.tsx'
import { Badge, Card, Empty, Page, PageHeader, Skeleton } from '../ui/parts.tsx'

export function AgentsPage() {
  const texts = useTexts()
  const search = useSearch({ from: '/agents' })
  const navigate = useNavigate({ from: '/agents' })
  const { data, error, refetch } = useQuery(agentsQuery)
  const pending = usePendingDeletes()
  const mayCreate = useMay('agents.create')
  const field = useRef<HTMLInputElement>(null)
  const list = useRowKeys<HTMLDivElement>()
  useTitle(texts.agents.title)
  useShortcut('/', texts.shell.focusSearch, texts.shell.groupPage, () => field.current?.focus())

  const words = (search.q ?? '').toLowerCase()
  const all = data?.filter(({ id }) => !pending.has(id))
  const shown = all?.filter(({ name, description, slug }) => `${name} ${slug} ${description ?? ''}`.toLowerCase().includes(words))
  const isTable = search.view === 'table'

  return (
    <Page>
      <PageHeader title={texts.agents.title} text={texts.agents.text}>
        {mayCreate && (
          <Link to="/agents/new" className={buttonStyle({ look: 'primary' })}>
            <Plus aria-hidden />
            {texts.agents.new}
          </Link>
        )}
      </PageHeader>
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!all && !error && <Skeleton rows={6} />}
      {all?.length === 0 && (
        <Card>
          <Empty icon={Bot} title={texts.agents.emptyTitle} text={mayCreate ? texts.agents.emptyText : texts.access.askBuilder}>
            {mayCreate && (
              <Link to="/agents/new" className={buttonStyle({ look: 'primary' })}>
                {texts.agents.new}
              </Link>
            )}
          </Empty>
        </Card>
      )}
      {all && all.length > 0 && shown && (
        <>
          <div className="mb-3 flex items-center gap-2">
            <Input
              ref={field}
              type="search"
              aria-label={texts.agents.find}
              placeholder={texts.agents.find}
              className="max-w-xs"
              value={search.q ?? ''}
              onChange={(event) => void navigate({ search: (before) => ({ ...before, q: event.target.value || undefined }), replace: true })}
            />
            <div className="ml-auto flex gap-1" role="group">
              <Button
                look={isTable ? 'ghost' : 'on'}
                size="icon"
                aria-label={texts.agents.asCards}
                aria-pressed={!isTable}
                onClick={() => void navigate({ search: (before) => ({ ...before, view: undefined }), replace: true })}
              >
                <LayoutGrid aria-hidden />
              </Button>
              <Button
                look={isTable ? 'on' : 'ghost'}
                size="icon"
                aria-label={texts.agents.asTable}
                aria-pressed={isTable}
                onClick={() => void navigate({ search: (before) => ({ ...before, view: 'table' }), replace: true })}
              >
                <Rows3 aria-hidden />
              </Button>
            </div>
          </div>
          {shown.length === 0 && <Empty icon={Bot} title={texts.agents.noMatch} text={texts.agents.noMatchText} />}
          <div ref={list}>{isTable ? <AgentTable agents={shown} /> : <AgentCards agents={shown} />}</div>
        </>
      )}
    </Page>
  )
}

function AgentCards({ agents }: { agents: SeenAgent[] }) {
  return (
    <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 xl:grid-cols-3">
      {agents.map((agent) => (
        <li key={agent.id}>
          <Card className="group relative flex h-full flex-col gap-2 p-4 transition-colors focus-within:border-accent hover:border-field-line">
            <div className="flex items-start gap-2">
              <h2 className="min-w-0 flex-1 text-sm font-semibold">
                {/* The whole card leads there; its menu stands above. */}
                <Link
                  to="/agents/$agentId"
                  params={{ agentId: agent.slug }}
                  data-row
                  className="outline-none after:absolute after:inset-0 after:rounded-lg"
                >
                  <span className="line-clamp-2 break-words">{agent.name}</span>
                </Link>
              </h2>
              <div className="relative z-10 -mr-2 -mt-1.5">
                <AgentMenu agent={agent} />
              </div>
            </div>
            <p className="line-clamp-2 min-h-10 break-words text-[13px] leading-5 text-muted">
              {agent.description ?? (isOwn(agent) ? (agent.role ?? agent.effective_system_prompt) : '')}
            </p>
            <div className="mt-auto flex min-w-0 items-center gap-1.5 pt-1">
              <ModelBadge agent={agent} />
              <ToolCount agent={agent} />
            </div>
          </Card>
        </li>
      ))}
    </ul>
  )
}

function ModelBadge({ agent: { provider, model } }: { agent: SeenAgent }) {
  const texts = useTexts()
  const name = provider === 'auto' && model === 'auto' ? texts.agents.auto : [provider, model].filter((part) => part !== 'auto').join(' / ')
  return (
    <Badge className="min-w-0">
      <span className="truncate">{name}</span>
    </Badge>
  )
}

function ToolCount({ agent: { tools } }: { agent: SeenAgent }) {
  const texts = useTexts()
  const format = useFormat()
  return (
    <Badge title={tools.join(', ')}>
      {tools.length === 0 ? texts.agents.noTools : texts.counts.tools(tools.length, format.number(tools.length))}
    </Badge>
  )
}

function AgentTable({ agents }: { agents: SeenAgent[] }) {
  const texts = useTexts()
  return (
    <Card className="overflow-x-auto">
      <table className="w-full text-left text-[13px]">
        <thead className="text-xs text-muted">
          <tr className="border-b border-line">
            <th className="px-4 py-2 font-medium">{texts.agents.name}</th>
            <th className="hidden px-4 py-2 font-medium sm:table-cell">{texts.agents.model}</th>
            <th className="hidden px-4 py-2 font-medium md:table-cell">{texts.agents.tools}</th>
            <th className="hidden px-4 py-2 font-medium lg:table-cell">{texts.agents.changed}</th>
            <th className="w-12 px-2 py-2">
              <span className="sr-only">{texts.common.more}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {agents.map((agent) => (
            <tr key={agent.id} className="border-b border-line last:border-0 hover:bg-sunken/50">
              <td className="px-4 py-2">
                <Link to="/agents/$agentId" params={{ agentId: agent.slug }} data-row className="font-medium hover:underline">
                  {agent.name}
                </Link>
              </td>
              <td className="hidden px-4 py-2 sm:table-cell">
                <ModelBadge agent={agent} />
              </td>
              <td className="hidden px-4 py-2 md:table-cell">
                <ToolCount agent={agent} />
              </td>
              <td className="hidden whitespace-nowrap px-4 py-2 text-muted lg:table-cell">{isOwn(agent) && <Ago at={agent.updated_at} />}</td>
              <td className="px-2 py-1">
                <AgentMenu agent={agent} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}
