import { useQuery } from '@tanstack/react-query'
import { useFormContext } from 'react-hook-form'
import { useTexts } from '../../i18n/texts.ts'
import { Check } from '../../ui/field.tsx'
import { keysQuery } from '../access/people-queries.ts'
import type { AgentFields } from './agent-form.ts'
import { Folded } from './agent-settings.tsx'

/** Who may see and run it beside the people of its workspace. */
export function AccessSettings() {
  const texts = useTexts()
  const { register, watch, setValue, formState } = useFormContext<AgentFields>()
  const { data: keys = [] } = useQuery(keysQuery)
  const chosen = watch('allowed_api_keys') ?? []
  const isOpen = watch('is_public') === true && watch('api_key_required') === false
  const living = keys.filter(({ revoked_at }) => revoked_at === null)
  const gone = chosen.filter((id) => !living.some((key) => key.id === id))
  const choose = (id: string, on: boolean) =>
    setValue('allowed_api_keys', on ? [...chosen, id] : chosen.filter((each) => each !== id), { shouldDirty: true })
  const { errors } = formState
  return (
    <Folded
      title={texts.accessForm.title}
      text={texts.accessForm.text}
      broken={[errors.is_public, errors.api_key_required, errors.allowed_api_keys].some(Boolean)}
    >
      <Check label={texts.accessForm.isPublic} hint={texts.accessForm.isPublicHint} className="sm:col-span-2" {...register('is_public')} />
      <Check
        label={texts.accessForm.keyRequired}
        hint={texts.accessForm.keyRequiredHint}
        className="sm:col-span-2"
        {...register('api_key_required')}
      />
      {isOpen && (
        <p className="rounded-md bg-warning-soft px-3 py-2 text-[13px] sm:col-span-2" role="status">
          {texts.accessForm.open}
        </p>
      )}
      <fieldset className="sm:col-span-2">
        <legend className="text-[13px] font-medium">{texts.accessForm.keys}</legend>
        {chosen.length === 0 && <p className="text-xs text-muted">{texts.accessForm.anyKey}</p>}
        <div className="mt-1.5 flex max-h-48 flex-col gap-1.5 overflow-y-auto">
          {living.map(({ id, name, prefix }) => (
            <Check
              key={id}
              label={name}
              hint={<code className="font-mono">{prefix}</code>}
              checked={chosen.includes(id)}
              onChange={(event) => choose(id, event.target.checked)}
            />
          ))}
          {gone.map((id) => (
            <Check key={id} label={texts.accessForm.goneKey} hint={id} checked onChange={() => choose(id, false)} />
          ))}
        </div>
      </fieldset>
    </Folded>
  )
}
