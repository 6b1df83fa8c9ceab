import type { Budget, CreateBudget } from '@cadre/contract/usage'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody, DialogFooter } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Input, Select } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.ts'
import { useIssue } from '../../ui/use-issue.ts'
import { agentsQuery } from '../agents/agent-queries.ts'

const scopes = ['global', 'agent', 'user', 'key', 'run'] as const
const periods = ['day', 'month', 'total', 'run'] as const

/** A new budget, or another limit for one. */
export function BudgetDialog({ budget, onClose }: { budget: Budget | null; onClose: () => void }) {
  const texts = useTexts()
  const { data: agents = [] } = useQuery(agentsQuery)
  const [scope, setScope] = useState<CreateBudget['scope']>(budget?.scope ?? 'global')
  const [agent, setAgent] = useState(budget?.scope_id ?? '*')
  const [period, setPeriod] = useState<CreateBudget['period']>(budget?.period ?? 'month')
  const [unit, setUnit] = useState<CreateBudget['unit']>(budget?.unit ?? 'usd')
  const [limit, setLimit] = useState(budget ? String(budget.limit) : '')
  const [onExceed, setOnExceed] = useState<CreateBudget['on_exceed']>(budget?.on_exceed ?? 'fail')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const issue = useIssue(error)

  const save = async () => {
    setBusy(true)
    setError(null)
    const amounts = { limit: Number(limit), on_exceed: onExceed }
    try {
      if (budget) await client.budgets.update({ id: budget.id, ...amounts })
      else await client.budgets.create({ scope, period, unit, ...amounts, ...(scope === 'agent' ? { scope_id: agent } : {}) })
      toast(texts.usage.budgetSet)
      await queries.invalidateQueries({ queryKey: ['budgets'] })
      onClose()
    } catch (error) {
      setError(error)
      setBusy(false)
    }
  }

  return (
    <Dialog open onClose={onClose} title={budget ? texts.usage.raise : texts.usage.budgetAdd}>
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <DialogBody className="grid grid-cols-2 gap-3.5">
          {!budget && (
            <>
              <Field label={texts.usage.budgetScope} error={issue('scope')}>
                {(field) => (
                  <Select {...field} value={scope} onChange={(event) => setScope(event.target.value as CreateBudget['scope'])}>
                    {scopes.map((each) => (
                      <option key={each} value={each}>
                        {texts.usage.scopes[each]}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
              {scope === 'agent' && (
                <Field label={texts.usage.budgetAgent} error={issue('scope_id')}>
                  {(field) => (
                    <Select {...field} value={agent} onChange={(event) => setAgent(event.target.value)}>
                      <option value="*">{texts.usage.allAgents}</option>
                      {agents.map(({ id, slug, name }) => (
                        <option key={id} value={slug}>
                          {name}
                        </option>
                      ))}
                    </Select>
                  )}
                </Field>
              )}
              <Field label={texts.usage.budgetPeriod} error={issue('period')}>
                {(field) => (
                  <Select {...field} value={period} onChange={(event) => setPeriod(event.target.value as CreateBudget['period'])}>
                    {periods.map((each) => (
                      <option key={each} value={each}>
                        {texts.usage.periods[each]}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
              <Field label={texts.usage.budgetUnit}>
                {(field) => (
                  <Select {...field} value={unit} onChange={(event) => setUnit(event.target.value as CreateBudget['unit'])}>
                    <option value="usd">{texts.usage.units.usd}</option>
                    <option value="tokens">{texts.usage.units.tokens}</option>
                  </Select>
                )}
              </Field>
            </>
          )}
          <Field label={texts.usage.budgetLimit} error={issue('limit')}>
            {(field) => (
              <Input
                {...field}
                type="number"
                min="0"
                step={unit === 'usd' ? '0.000001' : '1'}
                required
                value={limit}
                onChange={(event) => setLimit(event.target.value)}
              />
            )}
          </Field>
          <Field label={texts.usage.onExceed}>
            {(field) => (
              <Select {...field} value={onExceed} onChange={(event) => setOnExceed(event.target.value as CreateBudget['on_exceed'])}>
                <option value="fail">{texts.usage.onExceedOptions.fail}</option>
                <option value="wait">{texts.usage.onExceedOptions.wait}</option>
              </Select>
            )}
          </Field>
          {error !== null && (
            <div className="col-span-2">
              <ErrorBox error={error} />
            </div>
          )}
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button type="submit" look="primary" busy={busy}>
            {texts.common.save}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
