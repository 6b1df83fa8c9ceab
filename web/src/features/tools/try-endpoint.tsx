import { useTools } from '@cadre/client/react'
import type { Plugin } from '@cadre/contract/plugins'
import { Play, ShieldCheck } from 'lucide-react'
import { useMemo, useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { ValueView } from '../../ui/value-view.tsx'
import { fieldsOf, type Problem, readInput, startValues } from './schema-fields.ts'
import { SchemaForm } from './schema-form.tsx'

export type Endpoint = Plugin['endpoints'][number]
type Answer = { dry_run: boolean; output: unknown; would: unknown; duration_ms: number }

/** One tool by hand: its form, its examples, a check without effect, and the call itself. */
export function TryEndpoint({ endpoint }: { endpoint: Endpoint }) {
  const texts = useTexts()
  const format = useFormat()
  const { invoke } = useTools()
  const fields = useMemo(() => fieldsOf(endpoint.input), [endpoint])
  const [values, setValues] = useState(() => startValues(fields))
  const [problems, setProblems] = useState<Problem[]>([])
  const [busy, setBusy] = useState<'call' | 'check' | null>(null)
  const [answer, setAnswer] = useState<Answer | null>(null)
  const [error, setError] = useState<unknown>(null)
  const examples = endpoint.examples ?? []

  const call = async (dryRun: boolean) => {
    const { input, problems } = readInput(fields, values)
    setProblems(problems)
    if (problems.length > 0) return
    setBusy(dryRun ? 'check' : 'call')
    setError(null)
    try {
      setAnswer(await invoke(endpoint.tool, input, { dryRun }))
    } catch (error) {
      setAnswer(null)
      setError(error)
    } finally {
      setBusy(null)
    }
  }

  return (
    <form
      className="flex min-w-0 flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        void call(false)
      }}
    >
      {examples.length > 0 && (
        <div className="flex flex-wrap items-center gap-1.5">
          <span className="text-xs text-muted">{texts.tools.examples}</span>
          {examples.slice(0, 6).map(({ title, input }, i) => (
            <Button
              key={title ?? i}
              size="small"
              className="max-w-full"
              onClick={() => setValues(startValues(fields, input as Record<string, unknown>))}
            >
              <span className="truncate">{title ?? texts.tools.example(format.number(i + 1))}</span>
            </Button>
          ))}
        </div>
      )}
      {fields.length === 0 ? (
        <p className="text-[13px] text-muted">{texts.tools.noInput}</p>
      ) : (
        <SchemaForm fields={fields} values={values} problems={problems} onChange={setValues} />
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" busy={busy === 'call'}>
          {busy !== 'call' && <Play aria-hidden />}
          {texts.tools.invoke}
        </Button>
        <Button busy={busy === 'check'} title={texts.tools.dryRunHint} onClick={() => void call(true)}>
          {busy !== 'check' && <ShieldCheck aria-hidden />}
          {texts.tools.dryRun}
        </Button>
      </div>
      {error !== null && <ErrorBox error={error} />}
      {answer && (
        <section aria-live="polite" className="min-w-0">
          <h4 className="mb-1.5 flex items-baseline gap-2 text-[13px] font-semibold">
            {answer.dry_run ? texts.tools.dryRunOk : texts.tools.result}
            <span className="text-xs font-normal text-muted">{texts.tools.took(format.duration(answer.duration_ms))}</span>
          </h4>
          <ValueView value={answer.dry_run ? answer.would : answer.output} />
        </section>
      )}
    </form>
  )
}
