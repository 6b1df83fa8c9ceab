import type { ResolveStep as Resolution, Run, Step } from '@cadre/contract/runs'
import { CircleHelp } from 'lucide-react'
import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.ts'

/** A step that began and whose outcome nobody knows: a person says what became of it. */
export function ResolveStep({ step, resolve }: { step: Step; resolve: (answer: Resolution) => Promise<Run> }) {
  const texts = useTexts()
  const [output, setOutput] = useState('')
  const [busy, setBusy] = useState<Resolution['outcome'] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const known = readJson(output)

  const settle = async (outcome: Resolution['outcome']) => {
    setBusy(outcome)
    setError(null)
    try {
      await resolve({ step: step.step, outcome, ...(outcome === 'happened' && known !== undefined && known !== null ? { output: known.value } : {}) })
      toast(texts.run.resolved)
    } catch (error) {
      setError(error)
      setBusy(null)
    }
  }

  return (
    <section className="rounded-lg border border-warning/40 bg-warning-soft p-4">
      <h3 className="flex items-center gap-2 font-semibold">
        <CircleHelp className="size-4 text-warning" aria-hidden />
        {texts.run.uncertainTitle}
      </h3>
      <p className="mt-1 text-[13px]">
        <code className="font-mono text-xs">{step.tool}</code> {texts.run.uncertainText}
      </p>
      <Field label={texts.run.happenedOutput} error={known === null ? texts.agentForm.notJson : undefined} className="mt-3">
        {(field) => <TextArea {...field} value={output} className="min-h-9 font-mono text-xs" onChange={(event) => setOutput(event.target.value)} />}
      </Field>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button busy={busy === 'happened'} disabled={known === null} onClick={() => void settle('happened')}>
          {texts.run.happened}
        </Button>
        <Button busy={busy === 'did_not_happen'} onClick={() => void settle('did_not_happen')}>
          {texts.run.didNotHappen}
        </Button>
        <Button busy={busy === 'run_again'} onClick={() => void settle('run_again')}>
          {texts.run.runAgain}
        </Button>
      </div>
      {error !== null && (
        <div className="mt-3">
          <ErrorBox error={error} />
        </div>
      )}
    </section>
  )
}

/** Undefined where nothing was written, null where it is no JSON. */
function readJson(text: string): { value: unknown } | null | undefined {
  if (text.trim() === '') return undefined
  try {
    return { value: JSON.parse(text) }
  } catch {
    return null
  }
}
