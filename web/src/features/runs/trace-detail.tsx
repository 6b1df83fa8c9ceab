import type { ModelCall, Run, Step } from '@cadre/contract/runs'
import { Link } from '@tanstack/react-router'
import { GitFork } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Figure } from '../../ui/parts.tsx'
import { RichText, Source, ValueView } from '../../ui/value-view.tsx'
import { useMay } from '../access/access-queries.ts'
import { EffectBadge } from '../tools/effect-badge.tsx'
import { stepName } from './step-name.ts'
import { ContextSeen } from './context-seen.tsx'
import { delegatedRun } from './delegated-run.ts'
import type { ForkPoint } from './fork-dialog.tsx'
import type { ValueRef } from './read-value.ts'
import type { TraceRow } from './trace-rows.ts'
import { useWholeValue, ValueProgress, WholeValue } from './whole-value.tsx'

type Fork = (at: ForkPoint) => void

/** What went into one model call or tool call, and what came out. */
export function TraceDetail({ row, run, onFork }: { row: TraceRow; run: Run; onFork: Fork }) {
  const texts = useTexts()
  if (row.kind === 'asking') return <p className="py-8 text-center text-[13px] text-muted">{texts.again.askingText}</p>
  return row.kind === 'model' ? <ModelDetail call={row.call} run={run} onFork={onFork} /> : <ToolDetail step={row.step} run={run} onFork={onFork} />
}

function ForkButton({ agentId, onClick }: { agentId: string; onClick: () => void }) {
  const texts = useTexts()
  if (!useMay('runs.fork', agentId)) return null
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

type RawProps = { of: ValueRef; value: Step | ModelCall }

/** Drawn only when it is asked for, and fetched where not all of it is here: it may be large. */
function Raw({ of, value }: RawProps) {
  const texts = useTexts()
  const [isShown, setShown] = useState(false)
  const { loading, load } = useWholeValue(of)
  const cut = Object.values(value.cut ?? {})
  const whole = cut.length === 0 ? (isShown ? value : null) : loading.state === 'here' ? loading.value : null
  if (whole !== null) {
    return (
      <Part title={texts.run.raw}>
        <Source text={JSON.stringify(whole, null, 2)} />
      </Part>
    )
  }
  return (
    <div className="flex flex-col gap-1.5">
      {loading.state === 'failed' && <ErrorBox error={loading.error} onRetry={load} />}
      <div className="flex items-center gap-2">
        <Button size="small" look="ghost" busy={loading.state === 'loading'} onClick={() => (cut.length === 0 ? setShown(true) : load())}>
          {texts.run.showRaw}
        </Button>
        {loading.state === 'loading' && <ValueProgress bytes={loading.bytes} of={cut.reduce((sum, bytes) => sum + bytes, 0)} />}
      </div>
    </div>
  )
}

function ToolDetail({ step, run: { run_id: runId, agent_id }, onFork }: { step: Step; run: Run; onFork: Fork }) {
  const texts = useTexts()
  const format = useFormat()
  const child = delegatedRun(step)
  const valueOf = (of: ValueRef['of']) => ({ runId, step: step.step, of })
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="min-w-0 break-words font-mono text-[13px] font-semibold">{stepName(step)}</h3>
        <span className="flex items-center gap-2">
          <EffectBadge effect={step.effect} />
          {step.status !== 'running' && step.status !== 'waiting' && <ForkButton agentId={agent_id} onClick={() => onFork({ step })} />}
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
          <WholeValue
            of={valueOf('error')}
            value={step.error}
            bytes={step.cut?.['error']}
            show={(error) => (
              <p className="max-h-96 overflow-y-auto whitespace-pre-wrap break-words rounded-md bg-danger-soft px-3 py-2 text-[13px]">{error}</p>
            )}
          />
        </Part>
      )}
      {child !== null && (
        <Link to="/runs/$runId" params={{ runId: child }} className="text-[13px] text-accent hover:underline">
          {texts.again.childRun}
        </Link>
      )}
      <Part title={texts.run.input}>
        <WholeValue of={valueOf('input')} value={step.input} bytes={step.cut?.['input']} show={(value) => <ValueView value={value} />} />
      </Part>
      {step.output !== null && step.output !== undefined && (
        <Part title={texts.run.output}>
          <WholeValue of={valueOf('output')} value={step.output} bytes={step.cut?.['output']} show={(value) => <ValueView value={value} />} />
        </Part>
      )}
      <Raw of={valueOf('all')} value={step} />
    </div>
  )
}

function ModelDetail({ call, run, onFork }: { call: ModelCall; run: Run; onFork: Fork }) {
  const texts = useTexts()
  const format = useFormat()
  const valueOf = (of: ValueRef['of']) => ({ runId: run.run_id, call: call.call, of })
  const compaction = run.compactions.find((each) => each.call === call.call)
  // Its provider did not say them.
  const about = call.tokens_estimated ? '≈ ' : ''
  const answered = call.answered_by ?? (run.provider ? { provider: run.provider, model: run.model } : null)
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-semibold">{texts.run.modelCall(format.number(call.call))}</h3>
        <ForkButton agentId={run.agent_id} onClick={() => onFork({ call: call.call })} />
      </div>
      {call.taken_over && <p className="rounded-md bg-info-soft px-3 py-2 text-[13px]">{texts.again.takenOverText}</p>}
      <dl className="grid grid-cols-2 gap-3 text-[13px] sm:grid-cols-4">
        <Figure label={texts.run.tokensIn}>{about + format.number(call.tokens_input)}</Figure>
        <Figure label={texts.run.tokensOut}>{about + format.number(call.tokens_output)}</Figure>
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
          <WholeValue
            of={valueOf('reasoning')}
            value={call.reasoning}
            bytes={call.cut?.['reasoning']}
            show={(text) => <p className="max-h-60 overflow-y-auto whitespace-pre-wrap break-words text-[13px] text-muted">{text}</p>}
          />
        </Part>
      )}
      <Part title={texts.run.said}>
        {call.text === '' ? (
          <p className="text-[13px] text-muted">{texts.run.nothingSaid}</p>
        ) : (
          <WholeValue of={valueOf('text')} value={call.text} bytes={call.cut?.['text']} show={(text) => <RichText text={text} />} />
        )}
      </Part>
      {call.tool_calls.length > 0 && (
        <Part title={texts.run.askedFor}>
          <WholeValue
            of={valueOf('tool_calls')}
            value={call.tool_calls}
            bytes={call.cut?.['tool_calls']}
            show={(asked) => (
              <ul className="flex flex-col gap-2">
                {asked.map(({ call_id, tool, input }) => (
                  <li key={call_id}>
                    <p className="mb-1 font-mono text-xs">{tool}</p>
                    <Source text={input} />
                  </li>
                ))}
              </ul>
            )}
          />
        </Part>
      )}
      <Part title={texts.run.saw}>
        <WholeValue
          of={valueOf('context')}
          value={call.context}
          bytes={call.cut?.['context']}
          show={(context) => <ContextSeen context={context} compaction={compaction ?? null} />}
        />
      </Part>
      <Raw of={valueOf('all')} value={call} />
    </div>
  )
}
