import type { ChatAnswer, MessagePage, PendingMessage } from '@cadre/client'
import type { Message } from '@cadre/contract/messages'
import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown } from 'lucide-react'
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { Skeleton } from '../../ui/parts.tsx'
import { AnswerRow } from './answer-row.tsx'
import { liveRows, messageRows, type Row } from './message-rows.ts'
import { MessageRow, PendingRow } from './message-row.tsx'
import { useAttempt, useRoom } from './room-context.ts'

type Props = {
  page: MessagePage
  messages: readonly Message[]
  pending: PendingMessage[]
  answers: ChatAnswer[]
  thread: string | null
  unreadAfter: number
  /** The number of a message to go to. */
  target?: number | undefined
  /** It grows when one has sent something: then the newest is shown, wherever one was. */
  sent: number
}

type End = { isWanted: boolean; known: { total: number; offset: number }; again: number | undefined }

const estimatedHeight = 64
/** So near to the end, it follows what comes. */
const nearEnd = 80

/** The messages from the oldest that are loaded to what is being written just now. Only what is seen is drawn. */
export function MessageList({ page, messages, pending, answers, thread, unreadAfter, target, sent }: Props) {
  const texts = useTexts()
  const { chat, me } = useRoom()
  const tryTo = useLatest(useAttempt())
  const box = useRef<HTMLDivElement>(null)
  const [found, setFound] = useState<number | null>(null)
  const [stop, setStop] = useState<number | null>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  /** Whether the end is to be seen: from the first, until somebody goes up or elsewhere. */
  const end = useRef<End>({ isWanted: true, known: { total: 0, offset: 0 }, again: undefined })
  const { hasOlder, isLoading } = page
  const said = useMemo(() => messageRows(messages, { hasOlder, unreadAfter, me }), [messages, hasOlder, unreadAfter, me])
  const rows = useMemo(() => [...said, ...liveRows(pending, answers, thread)], [said, pending, answers, thread])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => estimatedHeight,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 6,
    // At its end from the first: what stands at its beginning need not be drawn.
    initialOffset: () => rows.length * estimatedHeight,
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: nearEnd,
    onChange: (list) => {
      // By what is known: asking the element would lay it out anew at every step of a scroll.
      const [total, offset] = [list.getTotalSize(), list.scrollOffset ?? 0]
      const isNow = total - offset - (list.scrollRect?.height ?? 0) <= nearEnd
      setAtEnd(isNow)
      const { known, isWanted } = end.current
      const wentUp = offset < known.offset - 1 && total === known.total
      // Whoever is on the way elsewhere is still at the end when they leave it.
      const cameDown = isNow && offset > known.offset
      end.current = { ...end.current, known: { total, offset }, isWanted: cameDown || (isWanted && !wentUp) }
      if (!isNow && end.current.isWanted) end.current.again ??= requestAnimationFrame(() => goOn(list))
    },
  })
  /** Heavy texts have their heights when the list has given up waiting for them. */
  const goOn = (list: { scrollToEnd(): void }) => {
    end.current.again = undefined
    if (end.current.isWanted) list.scrollToEnd()
  }
  const toEnd = useCallback(() => {
    end.current.isWanted = true
    virtual.scrollToEnd()
  }, [virtual])

  const isLoaded = messages.length > 0 || !isLoading
  useLayoutEffect(() => {
    if (isLoaded) toEnd()
  }, [toEnd, isLoaded, sent])

  const items = virtual.getVirtualItems()
  const isNearStart = (items[0]?.index ?? 1) < 3 && items.length > 0
  useEffect(() => {
    if (isNearStart && hasOlder && !isLoading && isLoaded) void tryTo.current(() => chat.loadOlder(thread))
  }, [chat, thread, isNearStart, hasOlder, isLoading, isLoaded])

  // Loads as far back as it takes, then shows it.
  useEffect(() => {
    if (target === undefined || !isLoaded || thread !== null) return
    let isLeft = false
    void tryTo.current(() => chat.loadTo(target)).then((isThere) => isThere && !isLeft && setFound(target))
    return () => {
      isLeft = true
    }
  }, [chat, target, isLoaded, thread])
  const shown = useRef<number | null>(null)
  useEffect(() => {
    if (found === null || shown.current === found) return
    const index = said.findIndex((row) => row.kind === 'message' && row.message.seq === found)
    if (index < 0) return
    // Once for each that was found, not for each message that comes.
    shown.current = found
    end.current.isWanted = false
    virtual.scrollToIndex(index, { align: 'center' })
  }, [found, said, virtual])

  const last = messages.at(-1)?.seq ?? 0
  useEffect(() => {
    if (!isAtEnd || thread !== null || last === 0) return
    // Whoever looks elsewhere has not read it. That it could not be said is told when the next is.
    const tell = () => void (document.visibilityState === 'visible' && chat.markRead(last).catch(() => undefined))
    tell()
    document.addEventListener('visibilitychange', tell)
    return () => document.removeEventListener('visibilitychange', tell)
  }, [chat, thread, isAtEnd, last])

  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    const row = event.target as HTMLElement
    if (by === 0 || !row.matches('[data-message]')) return
    event.preventDefault()
    const at = messages.findIndex(({ seq }) => seq === Number(row.dataset.message))
    const next = messages[at + by]
    if (!next) return
    setStop(next.seq)
    end.current.isWanted = false
    virtual.scrollToIndex(
      said.findIndex(({ key }) => key === next.id),
      { align: 'auto' },
    )
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-message="${next.seq}"]`)?.focus({ preventScroll: true }))
  }

  if (!isLoaded) return <Skeleton rows={8} className="flex-1" />
  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={box}
        role="log"
        aria-label={texts.conversations.messages}
        aria-busy={answers.length > 0}
        className="h-full overflow-y-auto overflow-x-hidden [overflow-anchor:none]"
        onKeyDown={move}
      >
        <div className="relative w-full" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start, key }) => (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)` }}
            >
              <OneRow row={rows[index]} thread={thread} found={found} stop={stop ?? last} />
            </div>
          ))}
        </div>
      </div>
      {!isAtEnd && (
        <Button size="icon" className="absolute bottom-3 right-5 rounded-full shadow-md" aria-label={texts.conversations.toNewest} onClick={toEnd}>
          <ArrowDown aria-hidden />
        </Button>
      )}
    </div>
  )
}

/** For effects that should not run anew because of it. */
function useLatest<T>(value: T) {
  const latest = useRef(value)
  useEffect(() => {
    latest.current = value
  })
  return latest
}

function OneRow({ row, thread, found, stop }: { row: Row | undefined; thread: string | null; found: number | null; stop: number }) {
  const texts = useTexts()
  if (!row) return null
  switch (row.kind) {
    case 'message': {
      const { message, goesOn } = row
      return <MessageRow message={message} goesOn={goesOn} inThread={thread !== null} isFound={message.seq === found} isStop={message.seq === stop} />
    }
    case 'pending':
      return <PendingRow pending={row.pending} />
    case 'answer':
      return <AnswerRow answer={row.answer} />
    case 'older':
      return <Skeleton rows={2} />
    case 'new':
      return (
        <div role="separator" aria-label={texts.conversations.newMessages} className="flex items-center gap-2 px-4 py-1 text-xs text-danger">
          <span className="h-px flex-1 bg-danger/40" />
          {texts.conversations.newMessages}
          <span className="h-px flex-1 bg-danger/40" />
        </div>
      )
    case 'begin':
      return (
        thread === null && (
          <div className="px-4 pb-3 pt-6 text-[13px] text-muted">
            <p className="font-semibold text-ink">{texts.conversations.beginning}</p>
            <p>{texts.conversations.beginningText}</p>
          </div>
        )
      )
  }
}
