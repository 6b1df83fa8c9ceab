import type { Budget } from '@cadre/contract/usage'
import { useQuery } from '@tanstack/react-query'
import clsx from 'clsx'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox, explainError } from '../../ui/error-box.tsx'
import { Card, CardTitle, Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { useMay } from '../access/access-queries.ts'
import { BudgetDialog } from './budget-dialog.tsx'
import { budgetsQuery } from './usage-queries.ts'

export function Budgets() {
  const texts = useTexts()
  const { data, error, refetch } = useQuery(budgetsQuery)
  const [open, setOpen] = useState<Budget | 'new' | null>(null)
  const mayCreate = useMay('budgets.create')
  return (
    <Card>
      <CardTitle
        side={
          mayCreate && (
            <Button size="small" onClick={() => setOpen('new')}>
              <Plus aria-hidden />
              {texts.usage.budgetAdd}
            </Button>
          )
        }
      >
        {texts.usage.budgets}
      </CardTitle>
      <p className="px-4 pt-3 text-[13px] text-muted">{data?.length === 0 ? texts.usage.budgetNone : texts.usage.budgetsText}</p>
      {error && (
        <div className="p-4">
          <ErrorBox error={error} onRetry={() => void refetch()} />
        </div>
      )}
      {!data && !error && <Skeleton />}
      <ul className="flex flex-col gap-4 p-4 empty:py-1.5">
        {data?.map((budget) => (
          <Row key={budget.id} budget={budget} onEdit={() => setOpen(budget)} />
        ))}
      </ul>
      {open !== null && <BudgetDialog budget={open === 'new' ? null : open} onClose={() => setOpen(null)} />}
    </Card>
  )
}

function Row({ budget, onEdit }: { budget: Budget; onEdit: () => void }) {
  const texts = useTexts()
  const format = useFormat()
  const { scope, scope_id, period, unit, limit, spent, reserved, resets_at, on_exceed } = budget
  const mayUpdate = useMay('budgets.update')
  const mayDelete = useMay('budgets.delete')
  const amount = (value: number) => (unit === 'usd' ? format.usd(value) : format.short(value))
  const share = Math.min(100, (100 * (spent + reserved)) / Math.max(limit, 1e-9))
  const remove = async () => {
    try {
      await client.budgets.delete({ id: budget.id })
      toast(texts.usage.budgetRemoved)
      await queries.invalidateQueries({ queryKey: ['budgets'] })
    } catch (error) {
      toast(explainError(error, texts).what, { tone: 'danger' })
    }
  }
  return (
    <li className="text-[13px]">
      <div className="flex items-center justify-between gap-3">
        <p className="min-w-0 truncate font-medium">
          {scope === 'agent' && scope_id !== '*' ? texts.usage.scopeOne(scope_id) : texts.usage.scopes[scope]}, {texts.usage.periods[period]}
        </p>
        <span className="flex items-center gap-1">
          <span className="whitespace-nowrap tabular-nums">{texts.usage.spentOf(amount(spent), amount(limit))}</span>
          {mayUpdate && (
            <Button size="small" look="ghost" onClick={onEdit}>
              {texts.common.edit}
            </Button>
          )}
          {mayDelete && (
            <Button size="smallIcon" look="ghost" aria-label={texts.common.remove} onClick={() => void remove()}>
              <X aria-hidden />
            </Button>
          )}
        </span>
      </div>
      <div
        className="mt-1 h-1.5 overflow-hidden rounded-full bg-sunken"
        role="meter"
        aria-label={texts.usage.budgets}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share)}
      >
        <div
          className={clsx('h-full rounded-full', share >= 100 ? 'bg-danger' : share >= 80 ? 'bg-warning' : 'bg-accent')}
          style={{ width: `${share}%` }}
        />
      </div>
      <p className="mt-1 flex flex-wrap gap-x-3 text-xs text-muted">
        <span>
          {texts.usage.onExceed} {texts.usage.onExceedOptions[on_exceed]}
        </span>
        {reserved > 0 && <span>{texts.usage.reserved(amount(reserved))}</span>}
        {resets_at !== null && <span>{texts.usage.resets(format.dateTime(resets_at))}</span>}
      </p>
    </li>
  )
}
