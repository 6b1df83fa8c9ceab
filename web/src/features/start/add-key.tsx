import type { ProviderTest } from '@cadre/contract/providers'
import { useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Input, Select } from '../../ui/field.tsx'
import { Card } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { recogniseKey } from './recognise-key.ts'

const vendors = ['openai', 'anthropic', 'google', 'mistral'] as const

/** Paste, and it is known whose it is; one press adds and tries it. */
export function AddKey({ onUse }: { onUse: (provider: string) => void }) {
  const texts = useTexts()
  const format = useFormat()
  const [key, setKey] = useState('')
  const [chosen, setChosen] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [failed, setFailed] = useState<ProviderTest | null>(null)
  const recognised = recogniseKey(key)
  const vendor = vendors.find((each) => each === (chosen || recognised))

  const add = async () => {
    if (!vendor) return
    setBusy(true)
    setError(null)
    setFailed(null)
    try {
      const { id } = await client.providers.add({ id: `my-${vendor}`, type: vendor, api_key: key.trim() })
      await queries.invalidateQueries({ queryKey: ['providers'] })
      const test = await client.providers.test({ id })
      if (test.ok) {
        toast(texts.start.keyOk(test.model ?? id, format.duration(test.latency_ms ?? 0)))
        onUse(id)
      } else {
        setFailed(test)
        await client.providers.remove({ id })
        await queries.invalidateQueries({ queryKey: ['providers'] })
      }
    } catch (error) {
      setError(error)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Card className="p-4">
      <h2 className="font-semibold">{texts.start.keyTitle}</h2>
      <p className="mt-0.5 text-[13px] text-muted">{texts.start.keyText}</p>
      <form
        className="mt-3 flex flex-wrap items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          void add()
        }}
      >
        <Field
          label={texts.start.key}
          className="flex-1 basis-64"
          hint={key === '' ? undefined : recognised ? texts.start.keyRecognised(texts.providerForm.types[recognised]) : texts.start.keyUnknown}
        >
          {(field) => (
            <Input {...field} type="password" autoComplete="off" spellCheck={false} value={key} onChange={(event) => setKey(event.target.value)} />
          )}
        </Field>
        {key !== '' && (
          <Field label={texts.start.keyVendor}>
            {(field) => (
              <Select {...field} value={vendor ?? ''} onChange={(event) => setChosen(event.target.value)}>
                <option value="" disabled>
                  –
                </option>
                {vendors.map((each) => (
                  <option key={each} value={each}>
                    {texts.providerForm.types[each]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        <Button type="submit" className="mt-[23px]" busy={busy} disabled={key.trim() === '' || !vendor}>
          {texts.start.keyGo}
        </Button>
      </form>
      {error !== null && <ErrorBox error={error} />}
      {failed && (
        <p role="alert" className="mt-2 break-words text-[13px] text-danger">
          {texts.start.keyFailed} {failed.error}
        </p>
      )}
    </Card>
  )
}
