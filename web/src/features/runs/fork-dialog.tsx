import type { ForkRun, Run, Step } from '@cadre/contract/runs'
import { useNavigate } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Dialog, DialogBody } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Check, Field, Input, Select, TextArea } from '../../ui/field.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { useMay } from '../access/access-queries.ts'
import { providersQuery } from '../providers/provider-queries.ts'
import { readValue } from './read-value.ts'

/** A model call that is asked anew, or a step after which a run goes on anew. */
export type ForkPoint = { call: number } | { step: Step }

/** The contract's word for a provider's usual model. */
const defaultModel = 'auto'

type Props = { run: Run; at: ForkPoint; onClose: () => void }

/** A new run from a point of this one on: as it was, or with another task, other instructions, another model or another result of the step. */
export function ForkDialog({ run, at, onClose }: Props) {
  const texts = useTexts()
  const step = 'step' in at ? at.step : null
  const of = step?.error != null ? 'error' : 'output'
  const isCut = step?.cut?.[of] !== undefined
  const { data, error, refetch } = useQuery({
    queryKey: ['run-value', run.run_id, step?.step, of],
    queryFn: ({ signal }) => readValue({ runId: run.run_id, step: step?.step, of }, signal),
    enabled: isCut,
    staleTime: Infinity,
    gcTime: 0,
  })
  if (step === null || !isCut) return <ForkForm run={run} at={at} onClose={onClose} />
  if (data !== undefined) return <ForkForm run={run} at={{ step: { ...step, [of]: data } }} onClose={onClose} />
  return (
    <Dialog open onClose={onClose} title={texts.again.fork.title}>
      <DialogBody>{error ? <ErrorBox error={error} onRetry={() => void refetch()} /> : <Skeleton />}</DialogBody>
    </Dialog>
  )
}

function ForkForm({ run, at, onClose }: Props) {
  const texts = useTexts()
  const format = useFormat()
  const navigate = useNavigate()
  const { data: providers = [] } = useQuery(providersQuery)
  const step = 'step' in at ? at.step : null
  // Another result, other instructions and another model are for those who may change the agent.
  const mayChange = useMay('agents.update', run.agent_id)
  const before = step === null ? '' : (step.error ?? shown(step.output))
  const [result, setResult] = useState(before)
  const [isError, setIsError] = useState(step?.error != null)
  const [input, setInput] = useState(run.input)
  const [prompt, setPrompt] = useState('')
  const [provider, setProvider] = useState('')
  const [model, setModel] = useState('')

  const begin = async () => {
    const changedResult = step && (result !== before || isError !== (step.error !== null))
    const wanted: ForkRun = {
      ...(step ? { step: step.step } : { call: 'call' in at ? at.call : 1 }),
      ...(changedResult ? (isError ? { error: result } : { output: read(result) }) : {}),
      ...(input === run.input ? {} : { input }),
      ...(prompt.trim() === '' ? {} : { system_prompt: prompt }),
      ...(provider === '' ? {} : { provider, model: model.trim() || defaultModel }),
    }
    const { run_id } = await client.runs.fork({ runId: run.run_id, ...wanted })
    await queries.invalidateQueries({ queryKey: ['runs'] })
    toast(texts.again.fork.begun)
    await navigate({ to: '/runs/$runId', params: { runId: run_id } })
  }

  const text = step ? texts.again.fork.textStep(format.number(step.step)) : texts.again.fork.textCall(format.number('call' in at ? at.call : 1))
  return (
    <FormDialog
      title={texts.again.fork.title}
      text={text}
      action={texts.again.fork.begin}
      disabled={input.trim() === ''}
      onSubmit={begin}
      onClose={onClose}
    >
      {(issue) => (
        <>
          {step && mayChange && (
            <>
              <Field label={texts.again.fork.result} hint={texts.again.fork.resultHint} error={issue('output') ?? issue('error') ?? issue('step')}>
                {(field) => (
                  <TextArea
                    {...field}
                    className="max-h-72 min-h-24 font-mono text-xs"
                    spellCheck={false}
                    value={result}
                    onChange={(event) => setResult(event.target.value)}
                  />
                )}
              </Field>
              <Check label={texts.again.fork.asError} checked={isError} onChange={(event) => setIsError(event.target.checked)} />
            </>
          )}
          <Field label={texts.again.fork.task} error={issue('input') ?? issue('call')}>
            {(field) => <TextArea {...field} className="min-h-16" value={input} onChange={(event) => setInput(event.target.value)} />}
          </Field>
          {mayChange && (
            <>
              <Field label={texts.again.fork.prompt} hint={texts.again.fork.promptHint} required={false} error={issue('system_prompt')}>
                {(field) => <TextArea {...field} className="min-h-16" value={prompt} onChange={(event) => setPrompt(event.target.value)} />}
              </Field>
              <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
                <Field label={texts.again.fork.provider} error={issue('provider')}>
                  {(field) => (
                    <Select {...field} value={provider} onChange={(event) => setProvider(event.target.value)}>
                      <option value="">{texts.again.fork.sameModel}</option>
                      {providers.map(({ id, usable }) => (
                        <option key={id} value={id} disabled={!usable}>
                          {id}
                        </option>
                      ))}
                    </Select>
                  )}
                </Field>
                {provider !== '' && (
                  <Field label={texts.again.fork.model} error={issue('model')}>
                    {(field) => (
                      <Input
                        {...field}
                        autoComplete="off"
                        placeholder={defaultModel}
                        value={model}
                        onChange={(event) => setModel(event.target.value)}
                      />
                    )}
                  </Field>
                )}
              </div>
            </>
          )}
        </>
      )}
    </FormDialog>
  )
}

function shown(output: unknown): string {
  return typeof output === 'string' ? output : JSON.stringify(output ?? null, null, 2)
}

/** JSON where it is some, else the text itself. */
function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
