import { useAgent } from '@cadre/client/react'
import { Link, useParams } from '@tanstack/react-router'
import { Lock } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useMay } from '../features/access/access-queries.ts'
import { useTexts } from '../i18n/texts.ts'
import { useTitle } from '../lib/use-title.ts'
import { buttonStyle } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Card, Empty, Page, Skeleton } from '../ui/parts.tsx'

// The contract's rules come with it: 60 kB that no page needs at once.
const AgentEditor = lazy(() => import('../features/agents/agent-editor.tsx').then(({ AgentEditor }) => ({ default: AgentEditor })))

export function NewAgentPage() {
  const texts = useTexts()
  const may = useMay('agents.create')
  useTitle(texts.agentForm.newTitle)
  if (!may) return <NotYours />
  return (
    <Page wide>
      <Suspense fallback={<Skeleton rows={8} />}>
        <AgentEditor agent={null} />
      </Suspense>
    </Page>
  )
}

export function EditAgentPage() {
  const texts = useTexts()
  const { agentId } = useParams({ from: '/agents/$agentId/edit' })
  const { agent, error, isLoading, reload } = useAgent(agentId)
  const may = useMay('agents.update', agent?.id)
  useTitle(agent ? texts.agentForm.editTitle(agent.name) : texts.agents.title)
  if (agent && !may) return <NotYours />
  return (
    <Page wide>
      {error !== null && (
        <ErrorBox error={error} onRetry={() => void reload()}>
          <Link to="/agents" className={buttonStyle({ size: 'small' })}>
            {texts.agents.title}
          </Link>
        </ErrorBox>
      )}
      {/* What was known when it was last looked at may have changed since: a form begins with what is so now. */}
      {isLoading && error === null && <Skeleton rows={8} />}
      <Suspense fallback={<Skeleton rows={8} />}>{agent && !isLoading && error === null && <AgentEditor key={agent.id} agent={agent} />}</Suspense>
    </Page>
  )
}

function NotYours() {
  const texts = useTexts()
  return (
    <Page>
      <Card>
        <Empty icon={Lock} title={texts.access.noAgents} text={texts.access.askBuilder}>
          <Link to="/agents" className={buttonStyle()}>
            {texts.agents.title}
          </Link>
        </Empty>
      </Card>
    </Page>
  )
}
