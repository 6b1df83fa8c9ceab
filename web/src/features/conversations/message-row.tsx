import type { PendingMessage } from '@cadre/client'
import type { Message } from '@cadre/contract/messages'
import clsx from 'clsx'
import { ChevronLeft, ChevronRight, Clock, MessageSquareReply, Pin, RotateCcw, TriangleAlert } from 'lucide-react'
import { memo, useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { explainError } from '../../ui/error-box.tsx'
import { Badge } from '../../ui/parts.tsx'
import { Markdown } from '../../ui/value-view.tsx'
import { Avatar } from './avatar.tsx'
import { EditMessage } from './edit-message.tsx'
import { FileLinks } from './file-links.tsx'
import { MessageFacts } from './message-facts.tsx'
import { MessageTools } from './message-tools.tsx'
import { useAttempt, useNameOf, useRoom } from './room-context.ts'

type Props = {
  message: Message
  /** The same somebody goes on: the name stands above. */
  goesOn: boolean
  inThread: boolean
  isFound: boolean
  /** The one row that is reached by Tab; the others by the arrow keys. */
  isStop: boolean
}

export const MessageRow = memo(function MessageRow({ message, goesOn, inThread, isFound, isStop }: Props) {
  const texts = useTexts()
  const format = useFormat()
  const { editing, openThread, chat, may } = useRoom()
  const attempt = useAttempt()
  const nameOf = useNameOf()
  const [isHeld, setHeld] = useState(false)
  const { author_kind, author_id, status } = message
  const name = nameOf({ kind: author_kind, id: author_id }, message.author_name)
  const isDeleted = message.deleted_at !== null
  const isFailed = status === 'failed'
  return (
    <article
      tabIndex={isStop ? 0 : -1}
      data-message={message.seq}
      aria-label={`${name}, ${format.dateTime(message.created_at)}`}
      className={clsx(
        'relative flex gap-2.5 px-4 -outline-offset-2 hover:bg-sunken/40',
        goesOn ? 'py-0.5' : 'pb-0.5 pt-2',
        isFound && 'bg-warning-soft/60',
      )}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={(event) => event.pointerType === 'mouse' && !event.currentTarget.contains(document.activeElement) && setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setHeld(false)}
    >
      {goesOn ? <span className="w-8 shrink-0" aria-hidden /> : <Avatar kind={author_kind} id={author_id} name={name} />}
      <div className="min-w-0 flex-1">
        {!goesOn && (
          <div className="flex flex-wrap items-center gap-x-2">
            <span className="text-[13px] font-semibold">{name}</span>
            <time className="text-xs text-muted" dateTime={message.created_at} title={format.exact(message.created_at)}>
              {format.dateTime(message.created_at)}
            </time>
            {status === 'stopped' && <Badge>{texts.conversations.stopped}</Badge>}
            {isFailed && (
              <Badge tone="danger">
                <TriangleAlert aria-hidden />
                {texts.conversations.failed}
              </Badge>
            )}
          </div>
        )}
        {message.pinned && (
          <span className="flex items-center gap-1 text-xs text-muted">
            <Pin className="size-3" aria-hidden />
            {texts.conversations.pinned}
          </span>
        )}
        {editing === message.id ? (
          <EditMessage message={message} />
        ) : isDeleted ? (
          <p className="text-[13px] italic text-muted">{texts.conversations.deleted}</p>
        ) : (
          <div className={clsx(author_kind === 'user' && '[&_p]:whitespace-pre-line')}>
            <Markdown text={message.content} />
          </div>
        )}
        {message.attachments.length > 0 && <FileLinks files={message.attachments} />}
        {isFailed && may.write && message.active && !isDeleted && (
          <Button size="small" className="my-1" onClick={() => void attempt(() => chat.retry(message.id))}>
            <RotateCcw aria-hidden />
            {texts.conversations.retry}
          </Button>
        )}
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {message.edited_at !== null && !isDeleted && <span className="text-xs text-muted">{texts.conversations.edited}</span>}
          <VersionSwitch message={message} />
          {message.reactions.length > 0 && <Reactions message={message} />}
          {!inThread && message.replies > 0 && (
            <Button look="ghost" size="small" onClick={() => openThread(message.id)}>
              <MessageSquareReply aria-hidden />
              {texts.conversations.replies(message.replies, format.number(message.replies))}
            </Button>
          )}
          {message.run_id !== null && <MessageFacts runId={message.run_id} />}
        </div>
      </div>
      {isHeld && !isDeleted && editing !== message.id && <MessageTools message={message} inThread={inThread} />}
    </article>
  )
})

function VersionSwitch({ message }: { message: Message }) {
  const texts = useTexts()
  const format = useFormat()
  const { versions, choose } = useRoom()
  const group = versions.get(message.id)
  if (!group) return null
  const at = group.findIndex(({ id }) => id === message.id)
  const go = (to: number) => {
    const version = group[to]
    if (version) choose(version)
  }
  return (
    <span className="flex items-center text-xs tabular-nums text-muted">
      <Button look="ghost" size="smallIcon" aria-label={texts.conversations.earlier} disabled={at === 0} onClick={() => go(at - 1)}>
        <ChevronLeft aria-hidden />
      </Button>
      <span aria-label={texts.conversations.branch(format.number(at + 1), format.number(group.length))} role="img">
        {format.number(at + 1)}/{format.number(group.length)}
      </span>
      <Button look="ghost" size="smallIcon" aria-label={texts.conversations.later} disabled={at === group.length - 1} onClick={() => go(at + 1)}>
        <ChevronRight aria-hidden />
      </Button>
    </span>
  )
}

function Reactions({ message }: { message: Message }) {
  const texts = useTexts()
  const format = useFormat()
  const { chat, me, may } = useRoom()
  const attempt = useAttempt()
  const nameOf = useNameOf()
  return (
    <span className="flex flex-wrap gap-1 py-0.5">
      {message.reactions.map(({ emoji, by }) => {
        const isMine = by.some(({ kind, id }) => kind === 'user' && id === me)
        return (
          <button
            key={emoji}
            type="button"
            disabled={!may.write}
            aria-pressed={isMine}
            title={by.map((each) => nameOf(each)).join(', ')}
            className={clsx('rounded-full border px-1.5 text-xs leading-5', isMine ? 'border-accent bg-accent-soft' : 'border-line hover:bg-sunken')}
            onClick={() => void attempt(() => chat.react(message.id, emoji, !isMine))}
          >
            <span className="sr-only">{texts.conversations.reactWith(emoji)}</span>
            <span aria-hidden>
              {emoji} {format.number(by.length)}
            </span>
          </button>
        )
      })}
    </span>
  )
}

/** A message of one's own on its way. */
export function PendingRow({ pending }: { pending: PendingMessage }) {
  const texts = useTexts()
  const { chat, me } = useRoom()
  return (
    <div className="flex gap-2.5 px-4 pb-0.5 pt-2 opacity-80">
      <Avatar kind="user" id={me} name={texts.conversations.you} />
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2 text-xs text-muted">
          <span className="text-[13px] font-semibold text-ink">{texts.conversations.you}</span>
          {pending.error ? (
            <Badge tone="danger">{texts.conversations.notSent}</Badge>
          ) : (
            <>
              <Clock className="size-3" aria-hidden />
              {texts.conversations.sending}
            </>
          )}
        </div>
        <p className="whitespace-pre-wrap break-words">{pending.content}</p>
        {pending.attachments.length > 0 && <FileLinks files={pending.attachments} />}
        {pending.error && (
          <div role="alert" className="mt-1 flex flex-wrap items-center gap-2 text-[13px] text-danger">
            {explainError(pending.error, texts).detail ?? explainError(pending.error, texts).what}
            <Button size="small" onClick={() => chat.resend(pending.key)}>
              {texts.conversations.sendAgain}
            </Button>
            <Button size="small" look="ghost" onClick={() => chat.discard(pending.key)}>
              {texts.conversations.discard}
            </Button>
          </div>
        )}
      </div>
    </div>
  )
}
