import { defaultPromptTemplate, effectivePrompt, templateProblem } from '@cadre/contract/persona'
import { useFormContext } from 'react-hook-form'
import { useTexts } from '../../i18n/texts.ts'
import { Field, Input, TextArea } from '../../ui/field.tsx'
import { issueText } from '../../ui/use-issue.ts'
import type { AgentFields } from './agent-form.ts'
import { Folded } from './agent-settings.tsx'

const orNull = (text: string | null) => text || null

/** The instructions, which may be empty where the persona says enough. */
export function PromptField() {
  const texts = useTexts()
  const { register, watch, formState } = useFormContext<AgentFields>()
  const error = formState.errors.system_prompt
  const isAlone = watch(['role', 'backstory', 'goal']).every((text) => (text ?? '').trim() === '')
  const message = error?.type === 'custom' ? texts.agentForm.promptMissing : error?.message
  return (
    <Field label={texts.agentForm.prompt} required={isAlone} hint={texts.agentForm.promptHint} error={message}>
      {(field) => <TextArea {...field} {...register('system_prompt')} className="min-h-36" placeholder={texts.agentForm.promptPlaceholder} />}
    </Field>
  )
}

/** Who it is in three fields, how they make its prompt, and what comes of it as one writes. Open where it says anything. */
export function PersonaSettings() {
  const texts = useTexts()
  const { register, getValues, formState } = useFormContext<AgentFields>()
  const { errors, defaultValues } = formState
  // The schema's own words are English.
  const problem = errors.prompt_template && templateProblem(getValues('prompt_template') ?? '')
  const templateError = problem ? issueText({ path: 'prompt_template', ...problem }, texts) : errors.prompt_template?.message
  const names = ['role', 'backstory', 'goal', 'prompt_template'] as const
  // With one of them the instructions may be left empty.
  const options = { setValueAs: orNull, deps: ['system_prompt' as const] }
  return (
    <Folded
      title={texts.agentForm.persona}
      text={texts.agentForm.personaText}
      broken={names.some((name) => errors[name])}
      opens={names.some((name) => (defaultValues?.[name] ?? null) !== null)}
    >
      <Field label={texts.agentForm.role} required={false} hint={texts.agentForm.roleHint} error={errors.role?.message} className="sm:col-span-2">
        {(field) => <Input {...field} {...register('role', options)} autoComplete="off" />}
      </Field>
      <Field label={texts.agentForm.backstory} required={false} hint={texts.agentForm.backstoryHint} error={errors.backstory?.message}>
        {(field) => <TextArea {...field} {...register('backstory', options)} />}
      </Field>
      <Field label={texts.agentForm.goal} required={false} hint={texts.agentForm.goalHint} error={errors.goal?.message}>
        {(field) => <TextArea {...field} {...register('goal', options)} />}
      </Field>
      <div className="flex min-w-0 flex-col gap-3 sm:col-span-2">
        <Preview />
        <Field label={texts.agentForm.template} required={false} hint={texts.agentForm.templateHint} error={templateError}>
          {(field) => (
            <TextArea
              {...field}
              {...register('prompt_template', { setValueAs: orNull })}
              className="min-h-40 font-mono"
              placeholder={defaultPromptTemplate}
              spellCheck={false}
            />
          )}
        </Field>
      </div>
    </Folded>
  )
}

function Preview() {
  const texts = useTexts()
  const { watch } = useFormContext<AgentFields>()
  const prompt = previewOf(watch())
  return (
    <figure>
      <figcaption className="mb-1 text-[13px] font-medium">{texts.agentForm.preview}</figcaption>
      <pre
        className="max-h-72 overflow-auto rounded-md border border-line bg-sunken p-3 text-[13px] whitespace-pre-wrap break-words"
        tabIndex={0}
        role="region"
        aria-label={texts.agentForm.preview}
      >
        {prompt}
      </pre>
    </figure>
  )
}

function previewOf({ name, description, role, backstory, goal, system_prompt, prompt_template }: AgentFields): string {
  const persona = { name, description: description ?? null, role: role ?? null, backstory: backstory ?? null, goal: goal ?? null }
  try {
    return effectivePrompt({ ...persona, system_prompt: system_prompt ?? '', prompt_template: prompt_template || null })
  } catch {
    // The field of the template says what is wrong with it.
    return ''
  }
}
