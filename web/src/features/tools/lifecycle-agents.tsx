import { useQuery } from '@tanstack/react-query'
import { useLifecycleTexts } from '../../i18n/lifecycle-texts.ts'
import { Check, Field, Select } from '../../ui/field.tsx'
import { agentsQuery } from '../agents/agent-queries.ts'

type Props = { chosen: string[] | null; onChange: (chosen: string[] | null) => void }

/** All agents, or those that are ticked. */
export function LifecycleAgents({ chosen, onChange }: Props) {
  const texts = useLifecycleTexts()
  const { data: agents = [] } = useQuery(agentsQuery)
  return (
    <div className="flex flex-col gap-2">
      <Field label={texts.agents} error={chosen?.length === 0 ? texts.noneChosen : undefined}>
        {(field) => (
          <Select {...field} value={chosen === null ? 'all' : 'some'} onChange={(event) => onChange(event.target.value === 'all' ? null : [])}>
            <option value="all">{texts.allAgents}</option>
            <option value="some">{texts.someAgents}</option>
          </Select>
        )}
      </Field>
      {chosen !== null && (
        <div role="group" aria-label={texts.someAgents} className="flex max-h-48 flex-col gap-1.5 overflow-y-auto rounded-lg border border-line p-3">
          {agents.map(({ id, name }) => (
            <Check
              key={id}
              label={name}
              checked={chosen.includes(id)}
              onChange={(event) => onChange(event.target.checked ? [...chosen, id] : chosen.filter((each) => each !== id))}
            />
          ))}
        </div>
      )}
    </div>
  )
}
