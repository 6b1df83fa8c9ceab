import type { CreateProvider, Provider } from '@cadre/contract/providers'
import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody, DialogFooter } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Input, Select } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.ts'
import { useIssue } from '../../ui/use-issue.ts'

const types = ['openai', 'anthropic', 'google', 'mistral', 'azure', 'bedrock', 'ollama', 'lmstudio', 'custom', 'gguf'] as const
type Type = (typeof types)[number]
type Name = 'id' | 'api_key' | 'base_url' | 'default_model' | 'resource_name' | 'region' | 'access_key_id' | 'secret_access_key' | 'path'

const own: Record<Type, Name[]> = {
  openai: ['api_key', 'base_url'],
  anthropic: ['api_key', 'base_url'],
  google: ['api_key', 'base_url'],
  mistral: ['api_key', 'base_url'],
  azure: ['resource_name', 'api_key', 'base_url'],
  bedrock: ['region', 'access_key_id', 'secret_access_key'],
  ollama: ['base_url'],
  lmstudio: ['base_url'],
  custom: ['base_url', 'api_key'],
  gguf: ['path'],
}
const secret: Name[] = ['api_key', 'secret_access_key']

/** A provider of any kind; it is tested as soon as it is there. */
export function AddProvider({ type: first, onClose }: { type: Provider['type'] | null; onClose: () => void }) {
  const texts = useTexts()
  const form = texts.providerForm
  const [type, setType] = useState<Type>(types.find((each) => each === first) ?? 'openai')
  const [values, setValues] = useState<Partial<Record<Name, string>>>({})
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const issue = useIssue(error)
  const names: Name[] = ['id', ...own[type], 'default_model']
  const id = values.id ?? `my-${type}`
  const labels: Record<Name, string> = {
    id: form.id,
    api_key: form.apiKey,
    base_url: form.baseUrl,
    default_model: form.defaultModel,
    resource_name: form.resourceName,
    region: form.region,
    access_key_id: form.accessKey,
    secret_access_key: form.secretKey,
    path: form.path,
  }
  const hints: Partial<Record<Name, string>> = {
    id: form.idHint,
    base_url: type === 'custom' ? undefined : form.baseUrlHint,
    default_model: form.defaultModelHint,
  }

  const add = async () => {
    setBusy(true)
    setError(null)
    const given = Object.fromEntries(names.flatMap((name) => (values[name] ? [[name, values[name]]] : [])))
    try {
      await client.providers.add({ ...given, id, type } as CreateProvider)
      await queries.invalidateQueries({ queryKey: ['providers'] })
      toast(form.added(id))
      const { ok, error } = await client.providers.test({ id })
      if (!ok) toast(`${texts.providers.testFailed}: ${error}`, { tone: 'danger' })
      await queries.invalidateQueries({ queryKey: ['providers'] })
      onClose()
    } catch (error) {
      setError(error)
      setBusy(false)
    }
  }

  return (
    <Dialog open onClose={onClose} title={form.title} text={form.text}>
      <form
        className="flex min-h-0 flex-1 flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          void add()
        }}
      >
        <DialogBody className="flex flex-col gap-3.5">
          <Field label={form.type}>
            {(field) => (
              <Select {...field} value={type} onChange={(event) => setType(types.find((each) => each === event.target.value) ?? 'custom')}>
                {types.map((each) => (
                  <option key={each} value={each}>
                    {form.types[each]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          {names.map((name) => (
            <Field key={name} label={labels[name]} hint={hints[name]} error={issue(name)}>
              {(field) => (
                <Input
                  {...field}
                  name={name}
                  type={secret.includes(name) ? 'password' : 'text'}
                  autoComplete="off"
                  spellCheck={false}
                  value={name === 'id' ? id : (values[name] ?? '')}
                  onChange={(event) => setValues({ ...values, [name]: event.target.value })}
                />
              )}
            </Field>
          ))}
          {error !== null && <ErrorBox error={error} />}
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button type="submit" look="primary" busy={busy}>
            {form.add}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
