import type { ConversationBudget } from '@cadre/contract/participants'
import { useQuery } from '@tanstack/react-query'
import { useRoomTexts } from '../../i18n/room-texts.ts'
import { useFormat } from '../../i18n/texts.ts'
import { Field, Input, Select } from '../../ui/field.tsx'
import { spentQuery } from './conversation-queries.ts'
import { useRoom } from './room-context.ts'

type Unit = ConversationBudget['unit']
type Period = ConversationBudget['period']
export type BudgetForm = { unit: Unit | 'none'; limit: string; period: Period }

export function budgetForm(budget: ConversationBudget | null): BudgetForm {
  return budget ? { ...budget, limit: String(budget.limit) } : { unit: 'none', limit: '', period: 'day' }
}

/** What is no number is NaN, which the schema refuses. */
export function budgetOf({ unit, limit, period }: BudgetForm): ConversationBudget | null {
  return unit === 'none' ? null : { unit, limit: limit.trim() === '' ? Number.NaN : Number(limit.replace(',', '.')), period }
}

/** What all agents together may spend in the conversation, and what they have. */
export function BudgetFields({ form, onChange, isWrong }: { form: BudgetForm; onChange: (form: BudgetForm) => void; isWrong: boolean }) {
  const more = useRoomTexts()
  return (
    <>
      <Field label={more.budget} hint={<Spent />}>
        {(field) => (
          <Select {...field} value={form.unit} onChange={(event) => onChange({ ...form, unit: event.target.value as BudgetForm['unit'] })}>
            {(['none', 'tokens', 'usd'] as const).map((unit) => (
              <option key={unit} value={unit}>
                {more.units[unit]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {form.unit !== 'none' && (
        <div className="grid gap-3 sm:grid-cols-2">
          <Field label={more.limit} required error={isWrong ? more.limitWrong : undefined}>
            {(field) => (
              <Input {...field} inputMode="decimal" value={form.limit} onChange={(event) => onChange({ ...form, limit: event.target.value })} />
            )}
          </Field>
          <Field label={more.period}>
            {(field) => (
              <Select {...field} value={form.period} onChange={(event) => onChange({ ...form, period: event.target.value as Period })}>
                {(['day', 'total'] as const).map((period) => (
                  <option key={period} value={period}>
                    {more.periods[period]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </div>
      )}
    </>
  )
}

/** Of the budget as it is on the server, whatever stands in the form. */
function Spent() {
  const more = useRoomTexts()
  const format = useFormat()
  const { conversation } = useRoom()
  const { data } = useQuery(spentQuery(conversation.id, conversation.policy.budget !== null))
  if (!data?.budget) return null
  const { unit, limit } = data.budget
  const amount = unit === 'usd' ? format.usd : format.number
  const said = [
    more.spent(amount(data.spent), amount(limit)),
    ...(data.reserved > 0 ? [more.reserved(amount(data.reserved))] : []),
    ...(data.resets_at === null ? [] : [more.resets(format.dateTime(data.resets_at))]),
  ]
  return <span data-spent>{said.join(' ')}</span>
}
