import { useQuery } from '@tanstack/react-query'
import { useFormContext } from 'react-hook-form'
import { useTexts } from '../../i18n/texts.ts'
import { Field, Input, Select } from '../../ui/field.tsx'
import { modelsQuery, providersQuery } from '../providers/provider-queries.ts'
import { AccessSettings } from './agent-access.tsx'
import type { AgentFields } from './agent-form.ts'
import { ContextSettings, FallbackSettings, LimitSettings, SchemaSettings } from './agent-settings.tsx'
import { PersonaSettings, PromptField } from './persona-fields.tsx'

/** Step 1: who it is and which model thinks for it. */
export function StepWho() {
  const texts = useTexts()
  const { register, formState } = useFormContext<AgentFields>()
  const { errors } = formState
  return (
    <div className="flex flex-col gap-4">
      <Field label={texts.agentForm.name} required hint={texts.agentForm.nameHint} error={errors.name?.message}>
        {(field) => <Input {...field} {...register('name')} autoComplete="off" />}
      </Field>
      <Field label={texts.agentForm.description} required={false} hint={texts.agentForm.descriptionHint} error={errors.description?.message}>
        {(field) => <Input {...field} {...register('description', { setValueAs: (text: string | null) => text || null })} autoComplete="off" />}
      </Field>
      <PromptField />
      <ModelFields />
      <div className="flex flex-col divide-y divide-line rounded-lg border border-line">
        <PersonaSettings />
        <LimitSettings />
        <AccessSettings />
        <FallbackSettings />
        <ContextSettings />
        <SchemaSettings />
      </div>
    </div>
  )
}

function ModelFields() {
  const texts = useTexts()
  const { register, watch, formState } = useFormContext<AgentFields>()
  const { data: providers = [] } = useQuery(providersQuery)
  const { data: models } = useQuery(modelsQuery)
  const provider = watch('provider') ?? 'auto'
  const names = models?.items.filter((model) => provider === 'auto' || model.provider === provider) ?? []
  const isPlanner = provider === 'builtin' || (provider === 'auto' && providers.find(({ usable }) => usable)?.id === 'builtin')
  return (
    <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
      <Field label={texts.agentForm.provider} error={formState.errors.provider?.message} hint={isPlanner ? texts.agents.plannerNote : undefined}>
        {(field) => (
          <Select {...field} {...register('provider')}>
            <option value="auto">{texts.agentForm.providerAuto}</option>
            {providers.map(({ id, usable }) => (
              <option key={id} value={id} disabled={!usable}>
                {usable ? id : `${id} (${texts.agentForm.notUsable})`}
              </option>
            ))}
            {provider !== 'auto' && !providers.some(({ id }) => id === provider) && <option value={provider}>{provider}</option>}
          </Select>
        )}
      </Field>
      <Field label={texts.agentForm.model} hint={texts.agentForm.modelHint} error={formState.errors.model?.message}>
        {(field) => (
          <>
            <Input {...field} {...register('model')} list="agent-models" autoComplete="off" spellCheck={false} />
            <datalist id="agent-models">
              <option value="auto" />
              {[...new Set(names.flatMap(({ model, aliases }) => [...aliases, model]))].map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
          </>
        )}
      </Field>
    </div>
  )
}
