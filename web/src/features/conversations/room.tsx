import type { Chat, ChatState } from '@cadre/client'
import { useChat } from '@cadre/client/react'
import type { Message } from '@cadre/contract/messages'
import { Link } from '@tanstack/react-router'
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useRoomTexts } from '../../i18n/room-texts.ts'
import { useTexts } from '../../i18n/texts.ts'
import { reach } from '../../lib/reach.ts'
import { useShortcut } from '../../lib/use-shortcut.ts'
import { useTitle } from '../../lib/use-title.ts'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Skeleton } from '../../ui/parts.tsx'
import { type Choices, shownMessages, versionsOf } from '@cadre/contract/branches'
import { Composer } from './composer.tsx'
import { roomName, roomsChanged } from './conversation-queries.ts'
import { MessageList } from './message-list.tsx'
import { type RoomContext as Context, RoomContext, useAttempt, useNameOf, useRoomRights } from './room-context.ts'
import { RoomHeader } from './room-header.tsx'
import { ThreadPanel } from './thread-panel.tsx'

type Props = {
  conversationId: string
  /** The first message of the thread that is open beside it. */
  thread: string | undefined
  /** The number of a message to go to. */
  target: number | undefined
  onThread: (root: string | undefined) => void
}

export function Room(props: Props) {
  const texts = useTexts()
  const live = useChat(props.conversationId)
  const { connection, conversation, error, chat, reopen } = live
  useEffect(() => {
    if (connection === 'away') reach.tell(false)
    if (connection === 'live') reach.tell(true)
  }, [connection])
  // The list shows what was said last, and what is unread.
  const seen = conversation && `${conversation.last_seq} ${conversation.title} ${connection} ${JSON.stringify(conversation.participants)}`
  useEffect(() => {
    if (seen !== null) void roomsChanged()
  }, [seen])
  if (error) {
    return (
      <div className="p-4">
        <ErrorBox error={error} onRetry={reopen}>
          <Link to="/conversations" className={buttonStyle({ size: 'small' })}>
            {texts.conversations.backToRooms}
          </Link>
        </ErrorBox>
      </div>
    )
  }
  if (!conversation || !chat) return <Skeleton rows={10} />
  return <OpenRoom {...props} live={live} chat={chat} conversation={conversation} />
}

type Open = Props & { live: ChatState; chat: Chat; conversation: NonNullable<ChatState['conversation']> }

function OpenRoom({ conversationId, thread, target, onThread, live, chat, conversation }: Open) {
  const texts = useTexts()
  const more = useRoomTexts()
  const { me, page, answers, connection } = live
  const [choices, setChoices] = useState<Choices>({})
  const [editing, setEditing] = useState<string | null>(null)
  const [sent, setSent] = useState(0)
  const composer = useRef<{ focus: () => void }>(null)
  const attempt = useAttempt()
  const { messages: all } = page
  const versions = useMemo(() => versionsOf(all), [all])
  const messages = useMemo(() => shownMessages(all, versions, choices), [all, versions, choices])
  const isOld = messages.some(({ active }) => !active)
  const name = roomName(conversation, me, texts.conversations)
  useTitle(name)

  const openThread = useRef(onThread)
  useEffect(() => {
    openThread.current = onThread
  })
  const choose = useCallback(
    (version: Message) => setChoices((before) => ({ ...before, [versions.get(version.id)?.[0]?.id ?? version.id]: version.id })),
    [versions],
  )
  const edit = useCallback((messageId: string | null) => {
    setEditing(messageId)
    if (messageId === null) composer.current?.focus()
  }, [])
  const { write, manage } = useRoomRights(conversation)
  const context = useMemo<Context>(
    () => ({ chat, me, conversation, may: { write, manage }, versions, choose, openThread: (root) => openThread.current(root), editing, edit }),
    [chat, me, conversation, write, manage, versions, choose, editing, edit],
  )

  const goOn = async () => {
    const end = messages.at(-1)
    if (end && (await attempt(() => chat.choose(end.id)))) setChoices({})
  }
  const isBusy = answers.length > 0
  const stop = () => void attempt(() => chat.stop())
  useShortcut('Escape', texts.conversations.stop, texts.shell.groupPage, stop, isBusy && write)
  useShortcut('r', texts.conversations.write, texts.shell.groupPage, () => composer.current?.focus(), write)
  useEffect(() => {
    // After the shell has put the focus on the page. On a screen that is touched, the keyboard would cover what is read.
    if (matchMedia('(pointer: fine)').matches) requestAnimationFrame(() => composer.current?.focus())
  }, [])
  const editLast = () => {
    const last = messages.findLast(({ author_kind, author_id, deleted_at }) => author_kind === 'user' && author_id === me && deleted_at === null)
    if (last) setEditing(last.id)
  }

  return (
    <RoomContext value={context}>
      <div className="flex h-full min-h-0">
        <section aria-label={name} className={`flex h-full min-h-0 min-w-0 flex-1 flex-col ${thread === undefined ? '' : 'hidden lg:flex'}`}>
          <RoomHeader name={name} connection={connection} onEnd={() => void roomsChanged()} />
          <Suspense fallback={<Skeleton rows={8} className="flex-1" />}>
            <MessageList
              page={page}
              messages={messages}
              pending={live.pending}
              answers={answers}
              thread={null}
              unreadAfter={live.unreadAfter}
              target={target}
              sent={sent}
            />
          </Suspense>
          <Writers ids={live.typing} />
          {isOld && (
            <p className="mx-3 mb-2 flex flex-wrap items-center gap-2 rounded-md bg-warning-soft px-3 py-1.5 text-[13px]">
              {texts.conversations.oldBranch}
              {write && (
                <Button size="small" onClick={() => void goOn()}>
                  {more.goOnHere}
                </Button>
              )}
              <Button size="small" onClick={() => setChoices({})}>
                {texts.conversations.toLatest}
              </Button>
            </p>
          )}
          {connection === 'closed' || !write ? (
            <p className="mx-3 mb-3 rounded-md bg-sunken px-3 py-2 text-[13px] text-muted">
              {connection === 'closed' ? texts.conversations.closed : texts.access.readOnly}
            </p>
          ) : (
            <Composer
              ref={composer}
              draftKey={conversationId}
              label={texts.conversations.writeTo(name)}
              isBusy={isBusy}
              onStop={stop}
              onEditLast={editLast}
              onSent={() => {
                setChoices({})
                setSent((before) => before + 1)
              }}
            />
          )}
        </section>
        {thread !== undefined && <ThreadPanel key={thread} root={thread} live={live} onClose={() => onThread(undefined)} />}
      </div>
    </RoomContext>
  )
}

/** People who write just now; agents have a place of their own in the list. */
function Writers({ ids }: { ids: string[] }) {
  const texts = useTexts()
  const nameOf = useNameOf()
  const names = ids.map((id) => nameOf({ kind: 'user', id })).join(', ')
  return (
    <p role="status" className="h-5 shrink-0 truncate px-4 text-xs text-muted">
      {ids.length > 0 && (ids.length === 1 ? texts.conversations.typing(names) : texts.conversations.typingMany(names))}
    </p>
  )
}
