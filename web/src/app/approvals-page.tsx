import { Link, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Hand } from 'lucide-react'
import { ApprovalCard } from '../features/approvals/approval-card.tsx'
import { pendingQuery } from '../features/approvals/approval-queries.ts'
import { approvalViews } from '../features/approvals/approvals-search.ts'
import { DecidedList } from '../features/approvals/decided-list.tsx'
import { RulesList } from '../features/approvals/rules-list.tsx'
import { useTexts } from '../i18n/texts.ts'
import { useTitle } from '../lib/use-title.ts'
import { buttonStyle } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Card, Empty, Page, PageHeader, Skeleton } from '../ui/parts.tsx'

export function ApprovalsPage() {
  const { approvals: texts } = useTexts()
  const { view = 'waiting', run } = useSearch({ from: '/approvals' })
  useTitle(texts.title)
  return (
    <Page>
      <PageHeader title={texts.title} text={texts.text} />
      <nav aria-label={texts.title} className="mb-4 flex gap-1">
        {approvalViews.map((each) => (
          <Link
            key={each}
            to="/approvals"
            search={{ view: each === 'waiting' ? undefined : each, run }}
            replace
            className={buttonStyle({ look: each === view ? 'on' : 'ghost' })}
            aria-current={each === view ? 'page' : undefined}
          >
            {texts[each]}
          </Link>
        ))}
      </nav>
      {run !== undefined && view !== 'rules' && (
        <p className="mb-3 flex items-center gap-2 text-[13px] text-muted">
          {texts.ofRun}
          <Link to="/approvals" search={{ view: view === 'waiting' ? undefined : view }} replace className={buttonStyle({ size: 'small' })}>
            {texts.allRuns}
          </Link>
        </p>
      )}
      {view === 'waiting' && <Waiting run={run} />}
      {view === 'decided' && <DecidedList run={run} />}
      {view === 'rules' && <RulesList />}
    </Page>
  )
}

/** The oldest first: it has waited longest and expires soonest. */
function Waiting({ run }: { run: string | undefined }) {
  const { approvals: texts } = useTexts()
  const { data, error, refetch } = useQuery(pendingQuery)
  const items = data?.filter(({ run_id }) => run === undefined || run_id === run).toReversed()
  return (
    <>
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!items && !error && <Skeleton rows={6} />}
      {items?.length === 0 && (
        <Card>
          <Empty icon={Hand} title={texts.none} text={texts.noneText} />
        </Card>
      )}
      <ul className="flex flex-col gap-4">
        {items?.map((approval) => (
          <li key={approval.id}>
            <ApprovalCard approval={approval} />
          </li>
        ))}
      </ul>
    </>
  )
}
