import type { Capability, Model, ModelCard, Provider, ProviderTest } from '@cadre/contract/providers'
import { Check, Gauge, Minus, Trash2, X } from 'lucide-react'
import { useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Select } from '../../ui/field.tsx'
import { Badge, Card, CardTitle, Figure } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { useMay } from '../access/access-queries.ts'

const capabilities: Capability[] = ['chat', 'streaming', 'tools', 'vision', 'embeddings', 'structured_output']

/** One provider that works: what it has, what its models can do, and a test with real calls. */
export function ProviderCard({ provider, place, models, problem }: { provider: Provider; place: number; models: Model[]; problem: string | null }) {
  const texts = useTexts()
  const format = useFormat()
  const mayTest = useMay('providers.test')
  const mayRemove = useMay('providers.remove')
  const [model, setModel] = useState<string | null>(null)
  const [busy, setBusy] = useState<'test' | 'remove' | null>(null)
  const [test, setTest] = useState<ProviderTest | null>(null)
  const [error, setError] = useState<unknown>(null)
  const chosen = models.find((each) => each.model === model) ?? models.find(({ is_default }) => is_default) ?? models[0]

  const act = async (what: 'test' | 'remove', call: () => Promise<void>) => {
    setBusy(what)
    setError(null)
    try {
      await call()
      await queries.invalidateQueries({ queryKey: ['providers'] })
    } catch (error) {
      setError(error)
    } finally {
      setBusy(null)
    }
  }
  const runTest = () =>
    act('test', async () => {
      setTest(null)
      setTest(await client.providers.test({ id: provider.id, model: chosen?.model }))
    })
  const remove = () =>
    act('remove', async () => {
      await client.providers.remove({ id: provider.id })
      toast(texts.providers.removed(provider.id))
    })

  return (
    <Card>
      <CardTitle
        side={
          <>
            <Badge tone="success">{texts.providers.usable}</Badge>
            {mayRemove && provider.source === 'api' && (
              <Button
                look="ghost"
                size="smallIcon"
                busy={busy === 'remove'}
                aria-label={`${texts.common.remove} ${provider.id}`}
                onClick={() => void remove()}
              >
                {busy !== 'remove' && <Trash2 aria-hidden />}
              </Button>
            )}
          </>
        }
      >
        <span className="flex items-center gap-2">
          <span
            className="grid size-5 shrink-0 place-items-center rounded-full bg-sunken text-[11px] font-normal tabular-nums"
            title={texts.providers.place(format.number(place))}
          >
            {format.number(place)}
          </span>
          <span className="truncate">{provider.id}</span>
          <span className="truncate font-normal text-muted">{texts.providerForm.types[provider.type]}</span>
        </span>
      </CardTitle>
      <div className="flex flex-col gap-4 p-4">
        <dl className="grid grid-cols-2 gap-3 text-[13px]">
          <Figure label={texts.providers.key}>{texts.providers.keys[provider.api_key]}</Figure>
          <Figure label={texts.providers.address} title={provider.base_url ?? undefined}>
            {provider.base_url ?? texts.providers.source[provider.source]}
          </Figure>
        </dl>
        {problem !== null && <p className="break-words text-[13px] text-danger">{problem}</p>}
        <div className="flex flex-wrap items-center gap-2">
          {models.length > 0 && (
            <Select
              aria-label={`${texts.providers.models}: ${provider.id}`}
              className="min-w-0 flex-1"
              value={chosen?.model ?? ''}
              onChange={(event) => {
                setModel(event.target.value)
                setTest(null)
              }}
            >
              {models.map((each) => (
                <option key={each.model} value={each.model}>
                  {each.model}
                </option>
              ))}
            </Select>
          )}
          {mayTest && (
            <Button busy={busy === 'test'} onClick={() => void runTest()}>
              {busy !== 'test' && <Gauge aria-hidden />}
              {busy === 'test' ? texts.providers.testing : texts.providers.test}
            </Button>
          )}
        </div>
        {chosen && <Abilities card={test?.card ?? chosen.card} />}
        <div aria-live="polite" className="empty:-mt-4">
          {test?.ok && (
            <p className="text-[13px] text-success">
              {texts.providers.testOk(format.duration(test.latency_ms ?? 0))}
              {test.first_token_ms !== null && `, ${texts.providers.testFirst(format.duration(test.first_token_ms))}`}
            </p>
          )}
          {test && !test.ok && (
            <p className="break-words text-[13px] text-danger">
              {texts.providers.testFailed}: {test.error}
            </p>
          )}
          {test && test.notes.length > 0 && (
            <ul className="mt-1 text-xs text-muted">
              {test.notes.map(({ capability, message }) => (
                <li key={capability} className="break-words">
                  {texts.providers.capability[capability]}: {message}
                </li>
              ))}
            </ul>
          )}
        </div>
        {error !== null && <ErrorBox error={error} />}
      </div>
    </Card>
  )
}

function Abilities({ card }: { card: ModelCard }) {
  const texts = useTexts()
  const format = useFormat()
  if (capabilities.every((capability) => card[capability] === null)) return <p className="text-[13px] text-muted">{texts.providers.untested}</p>
  return (
    <div>
      <p className="mb-1.5 text-xs text-muted">
        {texts.providers.card}, {texts.providers.cardSource[card.source]}
        {card.context_size !== null && `; ${texts.providers.context(format.number(card.context_size))}`}
      </p>
      <ul className="grid grid-cols-2 gap-x-3 gap-y-1 text-[13px] sm:grid-cols-3">
        {capabilities.map((capability) => {
          const can = card[capability]
          const Icon = can === null ? Minus : can ? Check : X
          const word = can === null ? texts.providers.maybe : can ? texts.providers.can : texts.providers.cannot
          return (
            <li key={capability} className={can ? undefined : 'text-muted'}>
              <Icon className={`mr-1.5 inline size-3.5 ${can ? 'text-success' : 'text-muted'}`} aria-hidden />
              {texts.providers.capability[capability]}
              <span className="sr-only">: {word}</span>
            </li>
          )
        })}
      </ul>
    </div>
  )
}
