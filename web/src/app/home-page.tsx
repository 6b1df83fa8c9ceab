import { useQuery } from '@tanstack/react-query'
import { Bot } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useMay } from '../features/access/access-queries.ts'
import { agentsQuery } from '../features/agents/agent-queries.ts'
import { usePendingDeletes } from '../features/agents/pending-deletes.ts'
import { Overview } from '../features/start/overview.tsx'
import { useTexts } from '../i18n/texts.ts'
import { useTitle } from '../lib/use-title.ts'
import { ErrorBox } from '../ui/error-box.tsx'
import { Card, Empty, Page, Skeleton } from '../ui/parts.tsx'

const FirstRun = lazy(() => import('../features/start/first-run.tsx').then(({ FirstRun }) => ({ default: FirstRun })))

/** The first time, who shall think; from then on, something to do at once and what was done last. */
export function HomePage() {
  const texts = useTexts()
  const { data, error, refetch } = useQuery(agentsQuery)
  const pending = usePendingDeletes()
  // It stays until it is done with, though its agents are there before that.
  const [isFirst, setFirst] = useState(false)
  const maySetUp = useMay('agents.create')
  useTitle('')
  const agents = data?.filter(({ id }) => !pending.has(id))
  if (agents?.length === 0 && maySetUp && !isFirst) setFirst(true)
  if (isFirst) {
    return (
      <Suspense>
        <FirstRun onDone={() => setFirst(false)} />
      </Suspense>
    )
  }
  return (
    <Page>
      <h1 className="sr-only">{texts.start.title}</h1>
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!agents && !error && <Skeleton rows={6} />}
      {agents && agents.length > 0 && <Overview agents={agents} />}
      {agents?.length === 0 && (
        <Card>
          <Empty icon={Bot} title={texts.agents.emptyTitle} text={texts.access.askBuilder} />
        </Card>
      )}
    </Page>
  )
}
