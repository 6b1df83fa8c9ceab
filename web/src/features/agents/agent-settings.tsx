import { ChevronRight, Plus, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { get, useFieldArray, useFormContext } from 'react-hook-form'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { Field, Input, Select, TextArea } from '../../ui/field.tsx'
import type { AgentFields } from './agent-form.ts'

/** Settings that most agents never need: folded, but their errors open them. */
export function Folded(props: { title: string; text?: string; broken: boolean; opens?: boolean; children: ReactNode }) {
  const { title, text, broken, opens = false, children } = props
  const [isOpen, setOpen] = useState(broken || opens)
  // Mended, it stays open: somebody is writing in it.
  if (broken && !isOpen) setOpen(true)
  return (
    <details className="group px-4" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary className="flex h-11 cursor-pointer list-none items-center gap-2 text-[13px] font-medium [&::-webkit-details-marker]:hidden">
        <ChevronRight className="size-4 text-muted transition-transform group-open:rotate-90" aria-hidden />
        {title}
      </summary>
      <div className="pb-4">
        {text && <p className="mb-3 text-[13px] text-muted">{text}</p>}
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">{children}</div>
      </div>
    </details>
  )
}

type NumberPath =
  | 'config.max_steps'
  | 'config.max_tokens'
  | 'config.temperature'
  | 'config.max_retries'
  | 'config.max_total_tokens'
  | 'config.cache_seconds'
  | 'config.budget.usd'
  | 'config.budget.tokens'
  | 'config.context.window_percent'
  | 'config.context.max_tokens'

/** `empty`: what a field that was left empty means. */
function NumberField({
  path,
  label,
  hint,
  empty,
  step,
}: {
  path: NumberPath
  label: string
  hint?: string
  empty?: null | undefined
  step?: string
}) {
  const { register, formState } = useFormContext<AgentFields>()
  const texts = useTexts()
  const setValueAs = (text: unknown) => (text === '' || text === null || text === undefined || Number.isNaN(text) ? empty : Number(text))
  const { message: error } = (get(formState.errors, path) ?? {}) as { message?: string }
  return (
    <Field label={label} hint={hint} error={error}>
      {(field) => (
        <Input
          {...field}
          type="number"
          inputMode="decimal"
          step={step ?? '1'}
          min="0"
          placeholder={empty === null ? texts.agentForm.noLimit : undefined}
          {...register(path, { setValueAs })}
        />
      )}
    </Field>
  )
}

export function LimitSettings() {
  const texts = useTexts()
  const { register, watch, setValue, formState } = useFormContext<AgentFields>()
  const { errors } = formState
  const names = ['max_steps', 'timeout_ms', 'max_tokens', 'max_total_tokens', 'budget', 'temperature', 'max_retries', 'cache_seconds'] as const
  const timeout = watch('config.timeout_ms') ?? 60_000
  return (
    <Folded title={texts.agentForm.budget} text={texts.agentForm.budgetText} broken={names.some((name) => errors.config?.[name])}>
      <NumberField path="config.max_steps" label={texts.agentForm.maxSteps} />
      <Field label={texts.agentForm.timeoutSeconds} error={errors.config?.timeout_ms?.message}>
        {(field) => (
          <Input
            {...field}
            type="number"
            min="1"
            defaultValue={timeout / 1000}
            onChange={(event) =>
              setValue('config.timeout_ms', Math.round(event.target.valueAsNumber * 1000), { shouldDirty: true, shouldValidate: true })
            }
          />
        )}
      </Field>
      <NumberField path="config.max_tokens" label={texts.agentForm.maxTokens} />
      <NumberField path="config.max_total_tokens" label={texts.agentForm.maxTotalTokens} empty={null} />
      <NumberField path="config.budget.usd" label={texts.agentForm.budgetUsd} empty={undefined} step="0.000001" />
      <NumberField path="config.budget.tokens" label={texts.agentForm.budgetTokens} empty={undefined} />
      <Field label={texts.agentForm.onExceed}>
        {(field) => (
          <Select {...field} {...register('config.budget.on_exceed', { setValueAs: (value: string | undefined) => value || undefined })}>
            <option value="">{texts.agentForm.onExceedOptions.inherit}</option>
            <option value="fail">{texts.agentForm.onExceedOptions.fail}</option>
            <option value="wait">{texts.agentForm.onExceedOptions.wait}</option>
          </Select>
        )}
      </Field>
      <NumberField path="config.temperature" label={texts.agentForm.temperature} hint={texts.agentForm.temperatureHint} step="0.1" />
      <NumberField path="config.max_retries" label={texts.agentForm.retries} />
      <NumberField path="config.cache_seconds" label={texts.agentForm.cacheSeconds} hint={texts.agentForm.cacheHint} />
    </Folded>
  )
}

export function FallbackSettings() {
  const texts = useTexts()
  const format = useFormat()
  const { register, control, formState } = useFormContext<AgentFields>()
  const { fields, append, remove } = useFieldArray({ control, name: 'config.fallbacks' })
  const errors = formState.errors.config?.fallbacks
  return (
    <Folded title={texts.agentForm.fallback} text={texts.agentForm.fallbackText} broken={errors !== undefined}>
      <div className="flex flex-col gap-2 sm:col-span-2">
        {fields.map((each, i) => (
          <div key={each.id} className="flex items-end gap-2">
            <Field label={texts.agentForm.provider} className="flex-1" error={errors?.[i]?.provider?.message}>
              {(field) => <Input {...field} {...register(`config.fallbacks.${i}.provider`)} autoComplete="off" />}
            </Field>
            <Field label={texts.agentForm.model} className="flex-1" error={errors?.[i]?.model?.message}>
              {(field) => <Input {...field} {...register(`config.fallbacks.${i}.model`)} autoComplete="off" />}
            </Field>
            <Button look="ghost" size="icon" aria-label={texts.agentForm.removeFallback(format.number(i + 1))} onClick={() => remove(i)}>
              <X aria-hidden />
            </Button>
          </div>
        ))}
        <div>
          <Button size="small" onClick={() => append({ provider: '', model: 'auto', weight: 1 })}>
            <Plus aria-hidden />
            {texts.agentForm.addFallback}
          </Button>
        </div>
      </div>
      <Field label={texts.agentForm.strategy} className="sm:col-span-2">
        {(field) => (
          <Select {...field} {...register('config.strategy')}>
            {(['failover', 'weighted', 'least_busy'] as const).map((strategy) => (
              <option key={strategy} value={strategy}>
                {texts.agentForm.strategyOptions[strategy]}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </Folded>
  )
}

export function ContextSettings() {
  const texts = useTexts()
  const { register, formState } = useFormContext<AgentFields>()
  return (
    <Folded title={texts.agentForm.context} text={texts.agentForm.contextText} broken={formState.errors.config?.context !== undefined}>
      <Field label={texts.agentForm.contextStrategy} className="sm:col-span-2">
        {(field) => (
          <Select {...field} {...register('config.context.strategy')}>
            {(['sliding', 'summary', 'priority'] as const).map((strategy) => (
              <option key={strategy} value={strategy}>
                {texts.agentForm.contextOptions[strategy]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <NumberField path="config.context.window_percent" label={texts.agentForm.windowPercent} />
      <NumberField path="config.context.max_tokens" label={texts.agentForm.contextMaxTokens} empty={null} />
    </Folded>
  )
}

/** JSON that is being written is no JSON yet: the text is kept here, and the form has what it means. */
export function SchemaSettings() {
  const texts = useTexts()
  const { getValues, setValue, setError, clearErrors, formState } = useFormContext<AgentFields>()
  const [text, setText] = useState(() => {
    const schema = getValues('output_schema')
    return schema ? JSON.stringify(schema, null, 2) : ''
  })
  const { message: error } = (formState.errors.output_schema ?? {}) as { message?: string }
  const change = (next: string) => {
    setText(next)
    const refuse = (message: string) => setError('output_schema', { type: 'json', message })
    if (next.trim() === '') {
      clearErrors('output_schema')
      return setValue('output_schema', null, { shouldDirty: true })
    }
    try {
      const schema: unknown = JSON.parse(next)
      if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return refuse(texts.agentForm.notObject)
      clearErrors('output_schema')
      setValue('output_schema', schema as Record<string, unknown>, { shouldDirty: true })
    } catch {
      refuse(texts.agentForm.notJson)
    }
  }
  return (
    <Folded title={texts.agentForm.outputSchema} broken={error !== undefined}>
      <Field label={texts.agentForm.outputSchema} hint={texts.agentForm.outputSchemaHint} error={error} className="sm:col-span-2">
        {(field) => (
          <TextArea
            {...field}
            value={text}
            spellCheck={false}
            className="min-h-32 font-mono text-xs"
            onChange={(event) => change(event.target.value)}
          />
        )}
      </Field>
    </Folded>
  )
}
