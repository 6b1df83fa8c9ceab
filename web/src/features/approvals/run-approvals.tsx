import { useQuery } from '@tanstack/react-query'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Skeleton } from '../../ui/parts.tsx'
import { ApprovalCard } from './approval-card.tsx'
import { approvalsOfRunQuery } from './approval-queries.ts'

/** What one run waits for. */
export function RunApprovals({ runId }: { runId: string }) {
  const { data, error, refetch } = useQuery(approvalsOfRunQuery(runId))
  if (error) return <ErrorBox error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton />
  return data.filter(({ status }) => status === 'pending').map((approval) => <ApprovalCard key={approval.id} approval={approval} inRun />)
}
