import type { ModelCall, Run, Step } from '@cadre/contract/runs'
import { Link } from '@tanstack/react-router'
import { GitFork } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { Figure } from '../../ui/parts.tsx'
import { RichText, Source, ValueView } from '../../ui/value-view.tsx'
import { EffectBadge } from '../tools/effect-badge.tsx'
import { stepName } from './step-name.ts'
import { ContextSeen } from './context-seen.tsx'
import type { ForkPoint } from './fork-dialog.tsx'
import type { TraceRow } from './trace-rows.ts'

type Fork = (at: ForkPoint) => void

/** What went into one model call or tool call, and what came out. */
export function TraceDetail({ row, run, onFork }: { row: TraceRow; run: Run; onFork: Fork }) {
  const texts = useTexts()
  if (row.kind === 'asking') return <p className="py-8 text-center text-[13px] text-muted">{texts.again.askingText}</p>
  return row.kind === 'model' ? <ModelDetail call={row.call} run={run} onFork={onFork} /> : <ToolDetail step={row.step} onFork={onFork} />
}

function ForkButton({ onClick }: { onClick: () => void }) {
  const texts = useTexts()
  return (
    <Button size="small" onClick={onClick}>
      <GitFork aria-hidden />
      {texts.again.fork.action}
    </Button>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <h4 className="mb-1 text-xs font-medium text-muted">{title}</h4>
      {children}
    </section>
  )
}

/** Drawn only when it is asked for: it may be large. */
function Raw({ value }: { value: unknown }) {
  const texts = useTexts()
  const [isShown, setShown] = useState(false)
  if (isShown) {
    return (
      <Part title={texts.run.raw}>
        <Source text={JSON.stringify(value, null, 2)} />
      </Part>
    )
  }
  return (
    <div>
      <Button size="small" look="ghost" onClick={() => setShown(true)}>
        {texts.run.showRaw}
      </Button>
    </div>
  )
}

function ToolDetail({ step, onFork }: { step: Step; onFork: Fork }) {
  const texts = useTexts()
  const format = useFormat()
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="min-w-0 break-words font-mono text-[13px] font-semibold">{stepName(step)}</h3>
        <span className="flex items-center gap-2">
          <EffectBadge effect={step.effect} />
          {step.status !== 'running' && step.status !== 'waiting' && <ForkButton onClick={() => onFork({ step })} />}
        </span>
      </div>
      <dl className="grid grid-cols-3 gap-3 text-[13px]">
        <Figure label={texts.run.took}>{step.status === 'running' ? texts.stepStatus.running : format.duration(step.duration_ms)}</Figure>
        <Figure label={texts.run.retries}>{format.number(step.retries)}</Figure>
        <Figure label={texts.run.started} title={format.exact(step.timestamp)}>
          {format.clock(step.timestamp)}
        </Figure>
      </dl>
      {step.error !== null && (
        <Part title={texts.run.errorOf}>
          <p className="whitespace-pre-wrap break-words rounded-md bg-danger-soft px-3 py-2 text-[13px]">{step.error}</p>
        </Part>
      )}
      {childOf(step) !== null && (
        <Link to="/runs/$runId" params={{ runId: childOf(step) ?? '' }} className="text-[13px] text-accent hover:underline">
          {texts.again.childRun}
        </Link>
      )}
      <Part title={texts.run.input}>
        <ValueView value={step.input} />
      </Part>
      {step.output !== null && step.output !== undefined && (
        <Part title={texts.run.output}>
          <ValueView value={step.output} />
        </Part>
      )}
      <Raw value={step} />
    </div>
  )
}

/** The run of the agent that the task was handed to. */
function childOf({ tool, output }: Step): string | null {
  const { run_id } = (tool === 'agents' && typeof output === 'object' && output !== null ? output : {}) as { run_id?: unknown }
  return typeof run_id === 'string' ? run_id : null
}

function ModelDetail({ call, run, onFork }: { call: ModelCall; run: Run; onFork: Fork }) {
  const texts = useTexts()
  const format = useFormat()
  const compaction = run.compactions.find((each) => each.call === call.call)
  const answered = call.answered_by ?? (run.provider ? { provider: run.provider, model: run.model } : null)
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-semibold">{texts.run.modelCall(format.number(call.call))}</h3>
        <ForkButton onClick={() => onFork({ call: call.call })} />
      </div>
      {call.taken_over && <p className="rounded-md bg-info-soft px-3 py-2 text-[13px]">{texts.again.takenOverText}</p>}
      <dl className="grid grid-cols-2 gap-3 text-[13px] sm:grid-cols-4">
        <Figure label={texts.run.tokensIn}>{format.number(call.tokens_input)}</Figure>
        <Figure label={texts.run.tokensOut}>{format.number(call.tokens_output)}</Figure>
        <Figure label={texts.run.took}>{format.duration(call.duration_ms)}</Figure>
        <Figure label={texts.run.finish}>{call.finish_reason}</Figure>
        {call.tokens_cached > 0 && <Figure label={texts.run.cached}>{format.number(call.tokens_cached)}</Figure>}
        {call.first_token_ms !== null && <Figure label={texts.run.firstToken}>{format.duration(call.first_token_ms)}</Figure>}
        {call.cost !== null && <Figure label={texts.run.cost}>{format.usd(call.cost)}</Figure>}
        {call.retries > 0 && <Figure label={texts.run.retries}>{format.number(call.retries)}</Figure>}
        {answered && <Figure label={texts.run.answeredBy}>{`${answered.provider} / ${answered.model}`}</Figure>}
      </dl>
      {call.failed.length > 0 && (
        <ul className="rounded-md bg-danger-soft px-3 py-2 text-[13px]">
          {call.failed.map(({ provider, model, code, message }) => (
            <li key={`${provider} ${model} ${code} ${message}`}>{texts.run.failedCall(`${provider} / ${model}`, message)}</li>
          ))}
        </ul>
      )}
      {run.prepared && run.prepared.system !== '' && (
        <Part title={texts.run.prepared(run.prepared.hooks.join(', '))}>
          <p className="max-h-60 overflow-y-auto whitespace-pre-wrap break-words rounded-md bg-sunken px-3 py-2 text-[13px]">{run.prepared.system}</p>
        </Part>
      )}
      {run.added
        .filter((each) => each.call === call.call)
        .map(({ message_id, text, name, by }) => (
          <Part key={message_id ?? text} title={texts.run.added(name ?? by)}>
            <RichText text={text} />
          </Part>
        ))}
      {call.reasoning !== '' && (
        <Part title={texts.run.reasoning}>
          <p className="max-h-60 overflow-y-auto whitespace-pre-wrap break-words text-[13px] text-muted">{call.reasoning}</p>
        </Part>
      )}
      <Part title={texts.run.said}>
        {call.text === '' ? <p className="text-[13px] text-muted">{texts.run.nothingSaid}</p> : <RichText text={call.text} />}
      </Part>
      {call.tool_calls.length > 0 && (
        <Part title={texts.run.askedFor}>
          <ul className="flex flex-col gap-2">
            {call.tool_calls.map(({ call_id, tool, input }) => (
              <li key={call_id}>
                <p className="mb-1 font-mono text-xs">{tool}</p>
                <Source text={input} />
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title={texts.run.saw}>
        <ContextSeen context={call.context} compaction={compaction ?? null} />
      </Part>
      <Raw value={call} />
    </div>
  )
}
