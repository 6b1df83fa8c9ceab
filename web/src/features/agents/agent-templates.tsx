import { useTools } from '@cadre/client/react'
import { useFormContext } from 'react-hook-form'
import { useTexts } from '../../i18n/texts.ts'
import { toast } from '../../ui/toast.ts'
import type { AgentFields } from './agent-form.ts'

/** Agents to begin with. Their words are in the language of whoever begins; their tools are ForgeHooks that every server has. */
const templates = {
  assistant: ['date-utils', 'calculator', 'text-utils', 'json-utils'],
  cleanup: ['data-transform', 'date-utils'],
  dates: ['date-utils'],
  summary: [],
  reviewer: [],
  extractor: ['text-utils', 'json-utils', 'date-utils'],
} as const satisfies Record<string, readonly string[]>
type Name = keyof typeof templates

/** Fills the form of a new agent in; all of it can be changed. */
export function AgentTemplates() {
  const texts = useTexts()
  const { plugins } = useTools()
  const { setValue } = useFormContext<AgentFields>()
  const fill = (name: Name) => {
    const template = texts.templates.list[name]
    const dirty = { shouldDirty: true, shouldValidate: true }
    setValue('name', template.name, dirty)
    setValue('description', template.description, dirty)
    setValue('system_prompt', template.prompt, dirty)
    setValue(
      'tools',
      templates[name].filter((tool) => plugins?.some(({ id }) => id === tool) ?? true),
      dirty,
    )
    toast(texts.templates.chosen(template.name))
  }
  return (
    <section className="mb-4">
      <h2 className="mb-2 text-[13px] font-medium">{texts.templates.title}</h2>
      <ul className="grid grid-cols-1 gap-2 sm:grid-cols-2 lg:grid-cols-3">
        {(Object.keys(templates) as Name[]).map((name) => (
          <li key={name}>
            <button
              type="button"
              className="flex h-full w-full flex-col gap-0.5 rounded-lg border border-line bg-surface px-3 py-2 text-left hover:border-field-line"
              onClick={() => fill(name)}
            >
              <span className="text-[13px] font-medium">{texts.templates.list[name].name}</span>
              <span className="text-xs text-muted">{texts.templates.list[name].description}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
