import { useAgent } from '@cadre/client/react'
import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Lock } from 'lucide-react'
import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { queries } from '../../lib/api.ts'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Select } from '../../ui/field.tsx'
import { Card, CardTitle, Empty } from '../../ui/parts.tsx'
import { mayCall, meQuery } from '../access/access-queries.ts'
import type { SeenAgent } from '../agents/agent-queries.ts'
import { RecentRuns } from '../runs/recent-runs.tsx'
import { type RunDraft, RunForm, type RunRequest } from '../runs/run-form.tsx'
import { RunPanel } from '../runs/run-panel.tsx'
import { Starters } from './starter-buttons.tsx'

/** Something to do at once, and what was done last. */
export function Overview({ agents: seen }: { agents: SeenAgent[] }) {
  const texts = useTexts()
  const { data: me } = useQuery(meQuery)
  const agents = seen.filter(({ id }) => mayCall(me, 'runs.start', id))
  const [slug, setSlug] = useState((agents[0] ?? seen[0])?.slug ?? '')
  const [draft, setDraft] = useState<RunDraft>({ input: '', data: '' })
  const [runId, setRunId] = useState<string | null>(null)
  const [refusal, setRefusal] = useState<unknown>(null)
  const { start, isStarting } = useAgent(slug)
  const agent = agents.find((each) => each.slug === slug)

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
    <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_320px]">
      <div className="flex min-w-0 flex-col gap-4">
        <Card>
          <CardTitle>{texts.start.quickTitle}</CardTitle>
          <div className="p-4">
            {agents.length === 0 && <Empty icon={Lock} title={texts.access.noRuns} text={texts.access.askMember} />}
            {agents.length > 0 && (
              <RunForm
                draft={draft}
                onDraft={setDraft}
                agent={slug}
                busy={isStarting}
                onRun={(request) => void run(request)}
                before={
                  <Field label={texts.start.agent}>
                    {(field) => (
                      <Select {...field} name="agent" value={slug} onChange={(event) => setSlug(event.target.value)}>
                        {agents.map(({ id, slug, name }) => (
                          <option key={id} value={slug}>
                            {name}
                          </option>
                        ))}
                      </Select>
                    )}
                  </Field>
                }
              />
            )}
            {agent && runId === null && <Starters tools={agent.tools} onChoose={setDraft} />}
          </div>
        </Card>
        {refusal !== null && <ErrorBox error={refusal} />}
        {runId !== null && (
          <Card className="p-4">
            <RunPanel key={runId} runId={runId} />
          </Card>
        )}
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <RecentRuns limit={6} />
        <Card>
          <CardTitle
            side={
              <Link to="/agents" className="text-xs text-muted hover:text-ink">
                {texts.start.allAgents}
              </Link>
            }
          >
            {texts.start.yourAgents}
          </CardTitle>
          <ul className="divide-y divide-line">
            {seen.slice(0, 5).map(({ id, slug, name, description }) => (
              <li key={id}>
                <Link to="/agents/$agentId" params={{ agentId: slug }} className="block px-4 py-2 text-[13px] -outline-offset-2 hover:bg-sunken/60">
                  <span className="block truncate font-medium">{name}</span>
                  {description && <span className="block truncate text-xs text-muted">{description}</span>}
                </Link>
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </div>
  )
}
