import type { Usage, UsageGroup } from '@cadre/contract/usage'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { ChartNoAxesColumn, Lock } from 'lucide-react'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useMay } from '../features/access/access-queries.ts'
import { agentsQuery } from '../features/agents/agent-queries.ts'
import { Budgets } from '../features/usage/budgets.tsx'
import { lastDays, usageQuery } from '../features/usage/usage-queries.ts'
import { useFormat, useTexts } from '../i18n/texts.ts'
import { useTitle } from '../lib/use-title.ts'
import { Button } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Select } from '../ui/field.tsx'
import { Figures } from '../ui/figures.tsx'
import { Card, CardTitle, Empty, Page, PageHeader, Skeleton } from '../ui/parts.tsx'

const DayChart = lazy(() => import('../features/usage/day-chart.tsx').then(({ DayChart }) => ({ default: DayChart })))

export function UsagePage() {
  const texts = useTexts()
  const may = useMay('usage.get')
  useTitle(texts.usage.title)
  if (may) return <OwnUsage />
  return (
    <Page wide>
      <PageHeader title={texts.usage.title} text={texts.usage.text} />
      <Card>
        <Empty icon={Lock} title={texts.access.noFigures} text={texts.access.askRole} />
      </Card>
    </Page>
  )
}

function OwnUsage() {
  const texts = useTexts()
  const format = useFormat()
  const { days = 30, by = 'agent' } = useSearch({ from: '/usage' })
  const navigate = useNavigate({ from: '/usage' })
  const perDay = useQuery(usageQuery('day', days))
  const grouped = useQuery(usageQuery(by, days))
  const error = perDay.error ?? grouped.error
  const totals = perDay.data?.totals
  return (
    <Page wide>
      <PageHeader title={texts.usage.title} text={texts.usage.text}>
        <Select
          aria-label={texts.usage.range}
          value={days}
          onChange={(event) => void navigate({ search: (before) => ({ ...before, days: Number(event.target.value) }), replace: true })}
        >
          {[7, 30, 90].map((count) => (
            <option key={count} value={count}>
              {texts.usage.days(format.number(count))}
            </option>
          ))}
        </Select>
      </PageHeader>
      <div className="flex flex-col gap-4">
        {error && <ErrorBox error={error} onRetry={() => void Promise.all([perDay.refetch(), grouped.refetch()])} />}
        {!totals && !error && <Skeleton rows={6} />}
        {perDay.data && totals?.calls === 0 && (
          <Card>
            <Empty icon={ChartNoAxesColumn} title={texts.usage.emptyTitle} text={texts.usage.emptyText} />
          </Card>
        )}
        {perDay.data && totals !== undefined && totals.calls > 0 && (
          <>
            <Totals totals={totals} />
            <PerDay usage={perDay.data} days={days} />
            {grouped.data && (
              <Groups usage={grouped.data} by={by} onBy={(by) => void navigate({ search: (before) => ({ ...before, by }), replace: true })} />
            )}
          </>
        )}
        <Budgets />
      </div>
    </Page>
  )
}

function Totals({ totals }: { totals: Usage['totals'] }) {
  const texts = useTexts()
  const format = useFormat()
  const figures = [
    [texts.usage.cost, totals.cost === null ? '–' : format.usd(totals.cost)],
    [texts.usage.tokens, format.short(totals.tokens_input + totals.tokens_output)],
    [texts.usage.calls, format.number(totals.calls)],
    [texts.usage.failed, format.number(totals.failed)],
  ] as const
  return (
    <div>
      <Figures figures={figures} />
      {totals.calls_unpriced > 0 && <p className="mt-1.5 text-xs text-muted">{texts.usage.unpriced(format.number(totals.calls_unpriced))}</p>}
      {totals.calls_estimated > 0 && <p className="mt-1.5 text-xs text-muted">{texts.usage.estimated(format.number(totals.calls_estimated))}</p>}
    </div>
  )
}

function PerDay({ usage, days: count }: { usage: Usage; days: number }) {
  const texts = useTexts()
  const format = useFormat()
  const [what, setWhat] = useState<'tokens' | 'cost'>('tokens')
  const days = useMemo(() => lastDays(count), [count])
  const values = useMemo(() => {
    const of = new Map(usage.groups.map((group) => [group.day, group]))
    return days.map((day) => {
      const group = of.get(day)
      return !group ? 0 : what === 'cost' ? (group.cost ?? 0) : group.tokens_input + group.tokens_output
    })
  }, [usage, days, what])
  return (
    <Card>
      <CardTitle
        side={(['tokens', 'cost'] as const).map((each) => (
          <Button key={each} size="small" look={what === each ? 'on' : 'ghost'} aria-pressed={what === each} onClick={() => setWhat(each)}>
            {texts.usage[each]}
          </Button>
        ))}
      >
        {texts.usage.perDay}
      </CardTitle>
      <div className="p-4">
        <Suspense fallback={<div className="h-[200px]" />}>
          <DayChart days={days} values={values} name={texts.usage[what]} show={what === 'cost' ? format.usd : format.short} />
        </Suspense>
      </div>
    </Card>
  )
}

type By = 'agent' | 'model' | 'day'

function Groups({ usage, by, onBy }: { usage: Usage; by: By; onBy: (by: By) => void }) {
  const texts = useTexts()
  const format = useFormat()
  const { data: agents } = useQuery(agentsQuery)
  const names = { agent: texts.usage.byAgent, model: texts.usage.byModel, day: texts.usage.byDay }
  const nameOf = (group: UsageGroup) => {
    if (by === 'agent') return agents?.find(({ id }) => id === group.agent)?.name ?? texts.runs.agentGone
    return by === 'day' ? format.day(group.day ?? '') : `${group.provider} / ${group.model}`
  }
  const cell = 'px-4 py-2 text-right tabular-nums'
  return (
    <Card className="min-w-0">
      <CardTitle
        side={(['agent', 'model', 'day'] as const).map((each) => (
          <Button key={each} size="small" look={by === each ? 'on' : 'ghost'} aria-pressed={by === each} onClick={() => onBy(each)}>
            {names[each]}
          </Button>
        ))}
      >
        {texts.usage.by}
      </CardTitle>
      {/* Whoever reads by keys must be able to scroll it */}
      <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={names[by]}>
        <table className="w-full text-[13px]">
          <thead className="text-xs text-muted">
            <tr className="border-b border-line">
              <th className="px-4 py-2 text-left font-medium">{names[by]}</th>
              <th className={`${cell} font-medium`}>{texts.usage.calls}</th>
              <th className={`${cell} font-medium`}>{texts.usage.tokensIn}</th>
              <th className={`${cell} font-medium`}>{texts.usage.tokensOut}</th>
              <th className={`${cell} font-medium`}>{texts.usage.cost}</th>
            </tr>
          </thead>
          <tbody>
            {usage.groups.map((group) => (
              <tr key={`${group.agent} ${group.provider} ${group.model} ${group.day}`} className="border-b border-line last:border-0">
                <td className="max-w-60 truncate px-4 py-2">{nameOf(group)}</td>
                <td className={cell}>{format.number(group.calls)}</td>
                <td className={cell}>{format.short(group.tokens_input)}</td>
                <td className={cell}>{format.short(group.tokens_output)}</td>
                <td className={cell}>{group.cost === null ? '–' : format.usd(group.cost)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  )
}
