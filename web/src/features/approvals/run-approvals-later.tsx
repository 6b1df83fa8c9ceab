import { lazy, Suspense } from 'react'
import { Skeleton } from '../../ui/parts.tsx'

const Loaded = lazy(() => import('./run-approvals.tsx').then(({ RunApprovals }) => ({ default: RunApprovals })))

/** Fetched when a run waits for somebody, which most never do. */
export function RunApprovals({ runId }: { runId: string }) {
  return (
    <Suspense fallback={<Skeleton />}>
      <Loaded runId={runId} />
    </Suspense>
  )
}
