import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import clsx from 'clsx'
import { MessagesSquare } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '../features/access/access-queries.ts'
import { NewConversation } from '../features/conversations/new-conversation.tsx'
import { Room } from '../features/conversations/room.tsx'
import { RoomsList } from '../features/conversations/rooms-list.tsx'
import { useTexts } from '../i18n/texts.ts'
import { useShortcut } from '../lib/use-shortcut.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/parts.tsx'

// What is said waits for its renderer: it is fetched beside the page.
void import('../ui/markdown.tsx')

/** The rooms, and beside them the one that is open; on a narrow screen one or the other. */
export function ConversationsPage() {
  const texts = useTexts()
  const navigate = useNavigate()
  const { conversationId } = useParams({ strict: false })
  const { thread, message } = useSearch({ strict: false })
  const [isNew, setNew] = useState(false)
  const mayBegin = useMay('conversations.create')
  useShortcut('n', texts.conversations.start, texts.shell.groupPage, () => setNew(true), mayBegin)
  return (
    <div className="grid h-[calc(100dvh-3rem)] min-h-0 md:h-dvh md:grid-cols-[17rem_minmax(0,1fr)]">
      <div className={clsx('min-h-0 min-w-0 md:border-r md:border-line', conversationId !== undefined && 'hidden md:block')}>
        <RoomsList openId={conversationId} onNew={() => setNew(true)} />
      </div>
      <div className={clsx('min-h-0 min-w-0', conversationId === undefined && 'hidden md:block')}>
        {conversationId === undefined ? (
          <div className="grid h-full place-items-center">
            <Empty icon={MessagesSquare} title={texts.conversations.pickRoom} text={texts.conversations.pickRoomText}>
              {mayBegin && (
                <Button look="primary" onClick={() => setNew(true)}>
                  {texts.conversations.start}
                </Button>
              )}
            </Empty>
          </div>
        ) : (
          <Room
            key={conversationId}
            conversationId={conversationId}
            thread={thread}
            target={message}
            onThread={(root) => void navigate({ to: '/conversations/$conversationId', params: { conversationId }, search: { thread: root } })}
          />
        )}
      </div>
      {isNew && (
        <NewConversation
          onClose={() => setNew(false)}
          onMade={(id) => {
            setNew(false)
            void navigate({ to: '/conversations/$conversationId', params: { conversationId: id } })
          }}
        />
      )}
    </div>
  )
}
