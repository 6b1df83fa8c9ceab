import { useAgent } from '@cadre/client/react'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import clsx from 'clsx'
import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '../features/access/access-queries.ts'
import { Who } from '../features/access/who.tsx'
import { agentsChanged } from '../features/agents/agent-queries.ts'
import { VersionDiff } from '../features/agents/version-diff.tsx'
import { versionQuery, versionsQuery } from '../features/agents/version-queries.ts'
import { Ago } from '../features/runs/run-status.tsx'
import { useFormat, useTexts } from '../i18n/texts.ts'
import { client } from '../lib/api.ts'
import { useTitle } from '../lib/use-title.ts'
import { Button, buttonStyle } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Select } from '../ui/field.tsx'
import { Badge, Card, CardTitle, Page, PageHeader, Skeleton } from '../ui/parts.tsx'
import { toast } from '../ui/toast.ts'

/** What an agent was, version by version, each beside another one, and the way back to it. */
export function AgentVersionsPage() {
  const texts = useTexts()
  const format = useFormat()
  const { agentId } = useParams({ from: '/agents/$agentId/versions' })
  const search = useSearch({ from: '/agents/$agentId/versions' })
  const navigate = useNavigate({ from: '/agents/$agentId/versions' })
  const { agent, error: agentError, reload } = useAgent(agentId)
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(versionsQuery(agentId))
  const [isAsking, setAsking] = useState(false)
  const mayRollBack = useMay('agents.rollBack', agent?.id)
  const versions = data?.pages.flatMap(({ items }) => items) ?? []
  const newest = versions[0]?.version ?? 1
  const chosen = search.version ?? newest
  const beside = search.beside ?? (chosen === newest ? Math.max(1, newest - 1) : newest)
  const one = useQuery({ ...versionQuery(agentId, chosen), enabled: versions.length > 0 })
  const other = useQuery({ ...versionQuery(agentId, beside), enabled: versions.length > 0 })
  useTitle(agent ? `${agent.name}: ${texts.versions.title}` : texts.versions.title)
  const broken = agentError ?? error ?? one.error ?? other.error
  // The earlier one stands left, whichever was chosen.
  const [before, after] = chosen < beside ? [one.data, other.data] : [other.data, one.data]

  const rollBack = async () => {
    const back = await client.agents.rollBack({ idOrSlug: agentId, version: chosen })
    await Promise.all([agentsChanged(), reload()])
    toast(texts.versions.rolledBack(format.number(chosen)))
    // Its old name is its address again.
    await navigate({ to: '/agents/$agentId/versions', params: { agentId: back.slug }, search: {} })
  }

  return (
    <Page wide>
      <PageHeader
        above={
          <Link to="/agents/$agentId" params={{ agentId }} className="hover:text-ink">
            {agent?.name ?? texts.agents.title}
          </Link>
        }
        title={texts.versions.title}
        text={texts.versions.text}
      >
        {mayRollBack && versions.length > 0 && chosen !== newest && (
          <Button onClick={() => setAsking(true)}>
            <Undo2 aria-hidden />
            {texts.versions.rollBack}
          </Button>
        )}
      </PageHeader>
      {broken && (
        <ErrorBox error={broken} onRetry={() => void refetch()}>
          <Link to="/agents" className={buttonStyle({ size: 'small' })}>
            {texts.agents.title}
          </Link>
        </ErrorBox>
      )}
      {versions.length === 0 && !broken && <Skeleton rows={6} />}
      {versions.length > 0 && (
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[320px_minmax(0,1fr)]">
          <Card className="min-w-0 overflow-hidden">
            <ol aria-label={texts.versions.title}>
              {versions.map((each) => (
                <li key={each.version}>
                  <button
                    type="button"
                    aria-current={each.version === chosen ? 'true' : undefined}
                    className={clsx(
                      'flex w-full flex-col gap-0.5 border-b border-line px-4 py-2.5 text-left text-[13px] -outline-offset-2',
                      each.version === chosen ? 'bg-accent-soft' : 'hover:bg-sunken/60',
                    )}
                    onClick={() => void navigate({ search: { version: each.version }, replace: true })}
                  >
                    <span className="flex items-center justify-between gap-2">
                      <span className="font-medium">{texts.versions.version(format.number(each.version))}</span>
                      {each.is_current && <Badge tone="accent">{texts.versions.current}</Badge>}
                    </span>
                    <span className="text-xs text-muted">
                      {each.version === 1
                        ? texts.versions.made
                        : each.restored_from !== null
                          ? texts.versions.broughtBack(format.number(each.restored_from))
                          : texts.versions.changed(each.changed.map((field) => texts.versions.fields[field] ?? field).join(', '))}
                    </span>
                    <span className="flex flex-wrap gap-x-1.5 text-xs text-muted">
                      <Ago at={each.changed_at} />
                      {each.changed_by !== null && <Who id={each.changed_by} />}
                    </span>
                  </button>
                </li>
              ))}
            </ol>
            {hasNextPage && (
              <div className="p-3">
                <Button size="small" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                  {texts.versions.more}
                </Button>
              </div>
            )}
          </Card>
          <Card className="min-w-0">
            <CardTitle
              side={
                <Select
                  className="w-auto"
                  aria-label={texts.versions.compareWith}
                  value={beside}
                  onChange={(event) => void navigate({ search: { version: chosen, beside: Number(event.target.value) }, replace: true })}
                >
                  {versions.map(({ version }) => (
                    <option key={version} value={version}>
                      {`${texts.versions.compareWith}: ${texts.versions.version(format.number(version))}`}
                    </option>
                  ))}
                  {!versions.some(({ version }) => version === beside) && (
                    <option value={beside}>{texts.versions.version(format.number(beside))}</option>
                  )}
                </Select>
              }
            >
              {texts.versions.version(format.number(chosen))}
            </CardTitle>
            {before && after ? <VersionDiff before={before} after={after} /> : <Skeleton rows={5} />}
          </Card>
        </div>
      )}
      {isAsking && (
        <ConfirmDialog
          title={texts.versions.rollBackTitle(format.number(chosen))}
          text={texts.versions.rollBackText}
          action={texts.versions.rollBack}
          onConfirm={rollBack}
          onClose={() => setAsking(false)}
        />
      )}
    </Page>
  )
}
