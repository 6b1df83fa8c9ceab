import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Input } from '../../ui/field.tsx'
import { Card, CardTitle } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { useMay } from '../access/access-queries.ts'
import { aliasesQuery } from './provider-queries.ts'

/** Short names of models: the built-in ones, and one's own above them. */
export function Aliases() {
  const texts = useTexts()
  const { data, error: failure, refetch } = useQuery(aliasesQuery)
  const maySet = useMay('providers.setAlias')
  const mayRemove = useMay('providers.removeAlias')
  const [alias, setAlias] = useState('')
  const [model, setModel] = useState('')
  const [error, setError] = useState<unknown>(null)
  const act = async (call: () => Promise<unknown>, done: string) => {
    setError(null)
    try {
      await call()
      toast(done)
      await queries.invalidateQueries({ queryKey: ['providers'] })
    } catch (error) {
      setError(error)
    }
  }
  return (
    <Card className="mt-6">
      <CardTitle>{texts.providers.aliases}</CardTitle>
      <div className="flex flex-col gap-3 p-4">
        <p className="text-[13px] text-muted">{texts.providers.aliasesText}</p>
        {failure && <ErrorBox error={failure} onRetry={() => void refetch()} />}
        <ul className="grid gap-x-6 sm:grid-cols-2 lg:grid-cols-3">
          {data?.map(({ alias, model, source, provider_type }) => (
            <li key={`${alias} ${provider_type}`} className="flex h-8 min-w-0 items-center gap-2 border-b border-line text-[13px]">
              <code className="shrink-0 font-mono text-xs font-medium">{alias}</code>
              <span className="min-w-0 flex-1 truncate text-right text-muted" title={model}>
                {model}
              </span>
              {mayRemove && source === 'api' && (
                <Button
                  look="ghost"
                  size="smallIcon"
                  aria-label={`${texts.common.remove} ${alias}`}
                  onClick={() => void act(() => client.providers.removeAlias({ alias }), texts.providers.aliasRemoved(alias))}
                >
                  <X aria-hidden />
                </Button>
              )}
            </li>
          ))}
        </ul>
        {maySet && (
          <form
            className="flex flex-wrap items-end gap-2"
            onSubmit={(event) => {
              event.preventDefault()
              void act(() => client.providers.setAlias({ alias, model }), texts.providers.aliasSet(alias))
            }}
          >
            <Field label={texts.providers.alias} className="flex-1 basis-40">
              {(field) => <Input {...field} value={alias} required autoComplete="off" onChange={(event) => setAlias(event.target.value)} />}
            </Field>
            <Field label={texts.providers.aliasModel} className="flex-1 basis-40">
              {(field) => <Input {...field} value={model} required autoComplete="off" onChange={(event) => setModel(event.target.value)} />}
            </Field>
            <Button type="submit">{texts.providers.aliasAdd}</Button>
          </form>
        )}
        {error !== null && <ErrorBox error={error} />}
      </div>
    </Card>
  )
}
