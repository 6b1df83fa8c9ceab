import type { Approval } from '@cadre/contract/approvals'
import { Link } from '@tanstack/react-router'
import { ArrowRight, Hand } from 'lucide-react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { useNow } from '../../lib/use-now.ts'
import { buttonStyle } from '../../ui/button.tsx'
import { Badge, Card } from '../../ui/parts.tsx'
import { Source } from '../../ui/value-view.tsx'
import { Ago } from '../runs/run-status.tsx'
import { EffectBadge } from '../tools/effect-badge.tsx'
import { isOpen } from './approval-queries.ts'
import { Decide } from './decide.tsx'
import { reasonText } from './reason-text.ts'

/** A call that waits for a person: what would be done, why somebody is asked, and every answer. */
export function ApprovalCard({ approval, inRun = false }: { approval: Approval; inRun?: boolean }) {
  const { approvals: texts } = useTexts()
  const format = useFormat()
  const now = useNow(1_000)
  const { agent, tool, tool_description, effect, reasons, input, run_id, created_at, expires_at } = approval
  const left = Date.parse(expires_at) - now
  return (
    <Card className="min-w-0 overflow-hidden border-warning/50">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1.5 border-b border-line bg-warning-soft px-4 py-2.5">
        <h2 className="flex min-w-0 items-start gap-2 text-[13px]">
          <Hand className="mt-0.5 size-4 shrink-0 text-warning" aria-hidden />
          <span className="min-w-0">
            {texts.wants(agent.name)} <code className="break-all font-mono font-semibold">{tool}</code>
          </span>
        </h2>
        <p className="flex flex-wrap items-center gap-x-3 text-xs text-ink">
          <Ago at={created_at} />
          <span title={format.exact(expires_at)}>
            {left > 0 ? texts.expiresIn(format.duration(Math.ceil(left / 60_000) * 60_000)) : texts.expired}
          </span>
        </p>
      </div>
      <div className="flex flex-col gap-3.5 p-4">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5 text-[13px]">
          <EffectBadge effect={effect} />
          <span className="min-w-0 break-words text-muted">{tool_description}</span>
        </div>
        <section>
          <h3 className="mb-1 text-xs font-medium text-muted">{texts.why}</h3>
          <ul className="flex flex-col gap-1 text-[13px]">
            {reasons.map((reason) => (
              <li key={`${reason.code} ${reason.message}`} className="flex flex-wrap items-baseline gap-x-2">
                <Badge tone="warning">{texts.reasons[reason.code]}</Badge>
                <span className="min-w-0 break-words">{reasonText(reason, texts)}</span>
              </li>
            ))}
          </ul>
        </section>
        <Arguments label={texts.arguments} input={input} />
        {isOpen(approval, now) && <Decide approval={approval} />}
        {!inRun && (
          <p className="flex flex-wrap gap-2">
            <Link to="/runs/$runId" params={{ runId: run_id }} className={buttonStyle({ look: 'ghost', size: 'small' })}>
              {texts.run}
              <ArrowRight aria-hidden />
            </Link>
            <Link to="/agents/$agentId" params={{ agentId: agent.id }} className={buttonStyle({ look: 'ghost', size: 'small' })}>
              {agent.name}
              <ArrowRight aria-hidden />
            </Link>
          </p>
        )}
      </div>
    </Card>
  )
}

/** Exactly as they would be sent: as JSON, where an empty text or a blank at its end is seen. */
export function Arguments({ label, input }: { label: string; input: Record<string, unknown> }) {
  const { approvals: texts } = useTexts()
  return (
    <section className="min-w-0">
      <h3 className="mb-1 text-xs font-medium text-muted">{label}</h3>
      {Object.keys(input).length === 0 ? <p className="text-[13px]">{texts.noArguments}</p> : <Source text={JSON.stringify(input, null, 2)} />}
    </section>
  )
}
