import type { CreateAgent } from '@cadre/contract/agents'
import { startRun } from '@cadre/client'
import { Link, useNavigate } from '@tanstack/react-router'
import clsx from 'clsx'
import { useState } from 'react'
import { FormProvider } from 'react-hook-form'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { useShortcut } from '../../lib/use-shortcut.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Card, CardTitle, PageHeader } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { type RunDraft, RunForm, type RunRequest } from '../runs/run-form.tsx'
import { RunPanel } from '../runs/run-panel.tsx'
import { showIssues, stepOf, useAgentForm } from './agent-form.ts'
import { agentsChanged, type SeenAgent } from './agent-queries.ts'
import { AgentTemplates } from './agent-templates.tsx'
import { StepTools } from './step-tools.tsx'
import { StepWho } from './step-who.tsx'

const stepNames = ['who', 'tools', 'try'] as const

/** An agent in three steps, with a live test beside the first two and in the place of the third. */
export function AgentEditor({ agent }: { agent: SeenAgent | null }) {
  const texts = useTexts()
  const format = useFormat()
  const navigate = useNavigate()
  const form = useAgentForm(agent)
  const [saved, setSaved] = useState<SeenAgent | null>(agent)
  const [step, setStep] = useState<0 | 1 | 2>(0)
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState<'save' | 'run' | null>(null)
  const [draft, setDraft] = useState<RunDraft>({ input: '', data: '' })
  const [runId, setRunId] = useState<string | null>(null)
  const isDirty = form.formState.isDirty || saved === null

  /** Null where something has to be mended first, which is then shown. */
  const save = async (): Promise<SeenAgent | null> => {
    setError(null)
    let kept: SeenAgent | null = null
    await form.handleSubmit(
      async (fields) => {
        try {
          kept = saved === null ? await client.agents.create(tidy(fields)) : await client.agents.update({ idOrSlug: saved.id, ...tidy(fields) })
          setSaved(kept)
          form.reset(form.getValues())
          await agentsChanged()
        } catch (refusal) {
          if (showIssues(refusal, form.setError, texts)) setStep(stepOf(Object.keys(form.formState.errors)[0] ?? ''))
          setError(refusal)
        }
      },
      (errors) => {
        setStep(stepOf(Object.keys(errors)[0] ?? ''))
        toast(texts.agentForm.checkFields, { tone: 'danger' })
      },
    )()
    return kept
  }

  const finish = async () => {
    setBusy('save')
    const kept = await save()
    setBusy(null)
    if (!kept) return
    toast(agent === null ? texts.agentForm.created(kept.name) : texts.agentForm.saved)
    await navigate({ to: '/agents/$agentId', params: { agentId: kept.slug } })
  }

  const tryIt = async (request: RunRequest) => {
    setBusy('run')
    const kept = isDirty ? await save() : saved
    try {
      if (kept) setRunId((await startRun(client, { ...request, idOrSlug: kept.id, wait: 0 })).run_id)
      await queries.invalidateQueries({ queryKey: ['runs'] })
    } catch (refusal) {
      setError(refusal)
    } finally {
      setBusy(null)
    }
  }

  useShortcut('mod+s', texts.agentForm.save, texts.shell.groupPage, () => void finish())

  return (
    <FormProvider {...form}>
      <PageHeader
        above={
          <Link to="/agents" className="hover:text-ink">
            {texts.agents.title}
          </Link>
        }
        title={agent === null ? texts.agentForm.newTitle : texts.agentForm.editTitle(agent.name)}
      >
        {isDirty && <span className="text-xs text-muted">{texts.agentForm.unsaved}</span>}
        <Button look="primary" busy={busy === 'save'} onClick={() => void finish()}>
          {!isDirty ? texts.agentForm.finish : saved === null ? texts.agentForm.create : texts.agentForm.save}
        </Button>
      </PageHeader>
      <ol className="mb-4 flex gap-1 overflow-x-auto border-b border-line">
        {stepNames.map((name, i) => (
          <li key={name}>
            <button
              type="button"
              aria-current={step === i ? 'step' : undefined}
              className={clsx(
                '-mb-px flex h-10 items-center gap-2 whitespace-nowrap border-b-2 px-3 text-[13px] font-medium -outline-offset-2',
                step === i ? 'border-accent text-ink' : 'border-transparent text-muted hover:text-ink',
              )}
              onClick={() => setStep(i as 0 | 1 | 2)}
            >
              <span className="grid size-5 place-items-center rounded-full bg-sunken text-[11px] tabular-nums">{format.number(i + 1)}</span>
              {texts.agentForm.steps[name]}
            </button>
          </li>
        ))}
      </ol>
      {error !== null && (
        <div className="mb-4">
          <ErrorBox error={error} />
        </div>
      )}
      <div className={clsx('grid grid-cols-1 items-start gap-4', step < 2 && 'xl:grid-cols-[minmax(0,1fr)_420px]')}>
        {step < 2 && (
          <form
            noValidate
            className="min-w-0"
            onSubmit={(event) => {
              event.preventDefault()
              setStep(step === 0 ? 1 : 2)
            }}
          >
            {step === 0 && saved === null && <AgentTemplates />}
            <Card className="p-4 md:p-5">{step === 0 ? <StepWho /> : <StepTools />}</Card>
            <div className="mt-3 flex justify-end gap-2">
              {step === 1 && <Button onClick={() => setStep(0)}>{texts.common.back}</Button>}
              <Button type="submit">{texts.common.next}</Button>
            </div>
          </form>
        )}
        <div className={clsx('flex min-w-0 flex-col gap-4', step < 2 ? 'hidden xl:flex' : 'max-w-3xl')}>
          <Card>
            <CardTitle>{texts.agentForm.tryTitle}</CardTitle>
            <div className="flex flex-col gap-3 p-4">
              <p className="text-[13px] text-muted">{texts.agentForm.tryText}</p>
              <RunForm
                draft={draft}
                onDraft={setDraft}
                agent={saved?.slug ?? null}
                busy={busy === 'run'}
                label={isDirty ? texts.agentForm.saveAndRun : texts.runForm.run}
                onRun={(request) => void tryIt(request)}
              />
            </div>
          </Card>
          {runId !== null && (
            <Card className="p-4">
              <RunPanel key={runId} runId={runId} />
            </Card>
          )}
        </div>
      </div>
    </FormProvider>
  )
}

/** A budget without a limit is none. */
function tidy(fields: CreateAgent): CreateAgent {
  const { budget } = fields.config
  const isEmpty = !budget || (budget.tokens === undefined && budget.usd === undefined)
  return { ...fields, config: { ...fields.config, budget: isEmpty ? null : budget } }
}
