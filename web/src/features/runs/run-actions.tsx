import type { Replay, Run } from '@cadre/contract/runs'
import { useNavigate } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { useAct } from '../../ui/use-act.ts'
import { Button } from '../../ui/button.tsx'
import { explainError } from '../../ui/error-box.tsx'
import { toast } from '../../ui/toast.ts'
import { useMay } from '../access/access-queries.ts'
import type { ForkPoint } from './fork-dialog.tsx'

// Menus weigh as much as the page itself.
const RunMenu = lazy(() => import('./run-menu.tsx').then(({ RunMenu }) => ({ default: RunMenu })))

type Props = { run: Run; agentSlug: string | undefined; onFork: (at: ForkPoint) => void; onReplay: (replay: Replay) => void }

/** What can be made of a run that has ended. */
export function RunActions({ run, agentSlug, onFork, onReplay }: Props) {
  const texts = useTexts()
  const navigate = useNavigate()
  const mayRetry = useMay('runs.retry', run.agent_id)
  const { busy, act } = useAct<'retry' | 'replay'>()
  const refused = (error: unknown) => {
    const { what, detail } = explainError(error, texts)
    toast(detail ?? what, { tone: 'danger' })
  }
  const retry = () =>
    act('retry', async () => {
      try {
        const { run_id } = await client.runs.retry({ runId: run.run_id })
        await queries.invalidateQueries({ queryKey: ['runs'] })
        toast(texts.again.retried)
        await navigate({ to: '/runs/$runId', params: { runId: run_id } })
      } catch (error) {
        refused(error)
      }
    })
  const replay = () =>
    act('replay', async () => {
      try {
        onReplay(await client.runs.replay({ runId: run.run_id }))
      } catch (error) {
        refused(error)
      }
    })
  return (
    <>
      {agentSlug !== undefined && mayRetry && (
        <Button busy={busy === 'retry'} onClick={() => void retry()}>
          <RotateCcw aria-hidden />
          {texts.again.retry}
        </Button>
      )}
      <Suspense fallback={<span className="size-8" />}>
        <RunMenu run={run} agentSlug={agentSlug} busy={busy === 'replay'} onFork={onFork} onReplay={() => void replay()} />
      </Suspense>
    </>
  )
}
