import type { DecideApproval } from '@cadre/contract/approvals'
import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { Check, Field, Select } from '../../ui/field.tsx'
import { AnswerForm } from './answer-form.tsx'
import type { AnswerProps } from './decide.tsx'
import { Pattern } from './pattern.tsx'

/** A rule for later calls: which arguments must stay as they are, and whose calls it is for. It is shown as it will hold. */
export function DecideAlways({ approval, busy, onDecide, onClose }: AnswerProps) {
  const { approvals: texts } = useTexts()
  const names = Object.keys(approval.input)
  const [fixed, setFixed] = useState<ReadonlySet<string>>(new Set(names))
  const [agents, setAgents] = useState<DecideApproval['agents']>('this')
  const fixed_fields = names.filter((name) => fixed.has(name))
  const pattern = {
    fixed: Object.fromEntries(fixed_fields.map((name) => [name, approval.input[name]])),
    open: names.filter((name) => !fixed.has(name)),
  }
  const set = (name: string, on: boolean) => {
    const next = new Set(fixed)
    if (on) next.add(name)
    else next.delete(name)
    setFixed(next)
  }
  return (
    <AnswerForm
      title={texts.alwaysTitle}
      text={texts.alwaysText}
      action={texts.alwaysDo}
      busy={busy}
      onSubmit={() => onDecide({ decision: 'approve', scope: 'always', fixed_fields, agents })}
      onClose={onClose}
    >
      {names.length > 0 && (
        <div className="flex flex-col gap-1.5">
          {names.map((name, i) => (
            <Check
              key={name}
              autoFocus={i === 0}
              checked={fixed.has(name)}
              onChange={(event) => set(name, event.target.checked)}
              label={
                <>
                  <code className="break-all font-mono text-xs">{name}</code> <span className="text-muted">{texts.fixed}</span>
                </>
              }
            />
          ))}
        </div>
      )}
      <Field label={texts.agents} className="max-w-sm">
        {(field) => (
          <Select
            {...field}
            autoFocus={names.length === 0}
            value={agents}
            onChange={(event) => setAgents(event.target.value === 'all' ? 'all' : 'this')}
          >
            <option value="this">{texts.agentsThis(approval.agent.name)}</option>
            <option value="all">{texts.agentsAll}</option>
          </Select>
        )}
      </Field>
      <section aria-live="polite">
        <h4 className="mb-1 text-xs font-medium text-muted">{texts.pattern}</h4>
        <Pattern tool={approval.tool} pattern={pattern} />
      </section>
    </AnswerForm>
  )
}
