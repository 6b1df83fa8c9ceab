import type { ApprovalRule } from '@cadre/contract/approvals'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Repeat } from 'lucide-react'
import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Card, Empty, Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { useMay } from '../access/access-queries.ts'
import { Who } from '../access/who.tsx'
import { agentsQuery } from '../agents/agent-queries.ts'
import { Ago } from '../runs/run-status.tsx'
import { approvalsChanged, rulesQuery } from './approval-queries.ts'
import { Pattern } from './pattern.tsx'

/** The calls that nobody is asked about any more. */
export function RulesList() {
  const { approvals: texts, runs } = useTexts()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(rulesQuery)
  const { data: agents } = useQuery(agentsQuery)
  const mayForget = useMay('approvalRules.remove')
  const [leaving, setLeaving] = useState<ApprovalRule | null>(null)
  const rules = data?.pages.flatMap(({ items }) => items)
  return (
    <>
      <p className="mb-3 text-[13px] text-muted">{texts.rulesText}</p>
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!rules && !error && <Skeleton rows={6} />}
      {rules?.length === 0 && (
        <Card>
          <Empty icon={Repeat} title={texts.noRules} text={texts.noRulesText} />
        </Card>
      )}
      <ul className="flex flex-col gap-3">
        {rules?.map((rule) => (
          <li key={rule.id}>
            <Card className="flex flex-col gap-2.5 p-4">
              <Pattern tool={rule.tool} pattern={rule.pattern} />
              <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 text-xs text-muted">
                <p className="flex flex-wrap gap-x-3">
                  <span>
                    {texts.ruleAgent}{' '}
                    {rule.agent_id === null ? texts.everyAgent : (agents?.find(({ id }) => id === rule.agent_id)?.name ?? rule.agent_id)}
                  </span>
                  <span>
                    {texts.by} <Who id={rule.created_by} />
                  </span>
                  <Ago at={rule.created_at} />
                </p>
                {mayForget && (
                  <Button size="small" look="danger" aria-label={`${texts.forget} ${rule.tool}`} onClick={() => setLeaving(rule)}>
                    {texts.forget}
                  </Button>
                )}
              </div>
            </Card>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {runs.loadMore}
          </Button>
        </div>
      )}
      {leaving && (
        <ConfirmDialog
          title={texts.forgetTitle}
          text={texts.forgetText(leaving.tool)}
          action={texts.forget}
          onConfirm={async () => {
            await client.approvalRules.remove({ id: leaving.id })
            toast(texts.forgotten)
            await approvalsChanged()
          }}
          onClose={() => setLeaving(null)}
        />
      )}
    </>
  )
}
