import type { ChatAnswer } from '@cadre/client'
import { Link } from '@tanstack/react-router'
import { Clock, LoaderCircle, Pause, PenLine, RotateCcw, Wrench } from 'lucide-react'
import { memo } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { Badge } from '../../ui/parts.tsx'
import { Markdown } from '../../ui/value-view.tsx'
import { Avatar } from './avatar.tsx'
import { useNameOf } from './room-context.ts'

const looks = {
  queued: { tone: 'neutral', icon: Clock },
  thinking: { tone: 'info', icon: LoaderCircle },
  writing: { tone: 'info', icon: PenLine },
  tool: { tone: 'info', icon: Wrench },
  approval: { tone: 'warning', icon: Pause },
  retry: { tone: 'warning', icon: RotateCcw },
  budget: { tone: 'warning', icon: Pause },
  uncertain: { tone: 'warning', icon: Pause },
} as const

/** An answer that is no message yet: what its agent does, and the words that have come. */
export const AnswerRow = memo(function AnswerRow({ answer }: { answer: ChatAnswer }) {
  const texts = useTexts()
  const nameOf = useNameOf()
  const { agent_id, run_id, stage, note, text, reasoning } = answer
  const { tone, icon: Icon } = looks[stage]
  const name = agent_id === null ? texts.conversations.agent : nameOf({ kind: 'agent', id: agent_id })
  const needsPerson = stage === 'approval' || stage === 'budget' || stage === 'uncertain'
  return (
    <div className="flex gap-2.5 px-4 py-2" data-answer={stage}>
      <Avatar kind="agent" id={agent_id ?? ''} name={name} />
      <div className="min-w-0 flex-1">
        <div className="flex min-h-5 flex-wrap items-center gap-x-2 gap-y-1">
          <span className="text-[13px] font-semibold">{name}</span>
          <Badge tone={tone}>
            <Icon className={stage === 'thinking' ? 'animate-spin' : undefined} aria-hidden />
            {texts.answerStage[stage]}
          </Badge>
          {note !== null && <span className="min-w-0 max-w-full truncate text-xs text-muted">{note}</span>}
          {run_id !== null && (stage === 'tool' || needsPerson) && (
            <Link to="/runs/$runId" params={{ runId: run_id }} className="text-xs text-muted underline underline-offset-2 hover:text-ink">
              {texts.conversations.trace}
            </Link>
          )}
        </div>
        {text !== '' ? (
          <div className="mt-0.5">
            <Markdown text={text} isStreaming />
          </div>
        ) : (
          reasoning !== '' && <p className="mt-0.5 line-clamp-4 whitespace-pre-wrap break-words text-[13px] text-muted">{reasoning.slice(-600)}</p>
        )}
      </div>
    </div>
  )
})
