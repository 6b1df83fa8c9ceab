import type { Approval } from '@cadre/contract/approvals'
import { Link } from '@tanstack/react-router'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Hand } from 'lucide-react'
import { useTexts } from '../../i18n/texts.ts'
import { useRowKeys } from '../../lib/use-row-keys.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Opening } from '../../ui/opening.tsx'
import { Badge, Card, Empty, Skeleton } from '../../ui/parts.tsx'
import { Ago } from '../runs/run-status.tsx'
import { Who } from '../access/who.tsx'
import { Arguments } from './approval-card.tsx'
import { approvalsQuery } from './approval-queries.ts'

const tones = { pending: 'warning', approved: 'success', rejected: 'danger', expired: 'neutral', cancelled: 'neutral' } as const

/** What was asked and is no question any more, newest first; each opens to what exactly it was. */
export function DecidedList({ run }: { run: string | undefined }) {
  const { approvals: texts, runs } = useTexts()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(approvalsQuery(run))
  const list = useRowKeys<HTMLUListElement>()
  const items = data?.pages.flatMap((page) => page.items).filter(({ status }) => status !== 'pending')
  return (
    <>
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!items && !error && <Skeleton rows={6} />}
      {items && (
        <Card className="overflow-hidden">
          {items.length === 0 && !hasNextPage && <Empty icon={Hand} title={texts.noneDecided} />}
          <ul ref={list} className="divide-y divide-line">
            {items.map((approval) => (
              <li key={approval.id}>
                <Row approval={approval} />
              </li>
            ))}
          </ul>
        </Card>
      )}
      {hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {runs.loadMore}
          </Button>
        </div>
      )}
    </>
  )
}

function Row({ approval }: { approval: Approval }) {
  const { approvals: texts } = useTexts()
  const { status, scope, tool, agent, run_id, created_at, decided_at, decided_by, edited_input, input, note } = approval
  return (
    <Opening
      className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1 sm:grid-cols-[11rem_minmax(0,1fr)_auto]"
      summary={
        <>
          <span className="order-last sm:order-none">
            <Badge tone={tones[status]}>
              {texts.status[status]}
              {status === 'approved' && scope && ` ${texts.scopes[scope]}`}
            </Badge>
          </span>
          <span className="col-span-2 min-w-0 truncate sm:col-span-1">
            <code className="font-mono text-xs font-medium">{tool}</code> <span className="text-muted">{agent.name}</span>
          </span>
          <span className="whitespace-nowrap text-xs text-muted">
            <Ago at={decided_at ?? created_at} />
          </span>
        </>
      }
    >
      <div className="flex flex-col gap-3 border-t border-line bg-sunken/40 p-4">
        <Arguments label={texts.arguments} input={input} />
        {edited_input && <Arguments label={texts.edited} input={edited_input} />}
        {note && (
          <p className="break-words">
            <span className="text-muted">{texts.note}:</span> {note}
          </p>
        )}
        <p className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted">
          <span>
            {texts.by} {decided_by === null ? texts.nobody : <Who id={decided_by} />}
          </span>
          <Link to="/runs/$runId" params={{ runId: run_id }} className="text-accent hover:underline">
            {texts.run}
          </Link>
        </p>
      </div>
    </Opening>
  )
}
