import type { ChatState } from '@cadre/client'
import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { Suspense, useEffect, useMemo, useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { useShortcut } from '../../lib/use-shortcut.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Skeleton } from '../../ui/parts.tsx'
import { shownMessages, versionsOf } from '@cadre/contract/branches'
import { Composer } from './composer.tsx'
import { MessageList } from './message-list.tsx'
import { useAttempt, useRoom } from './room-context.ts'

/** The replies to one message, beside the conversation; on a narrow screen in its place. */
export function ThreadPanel({ root, live, onClose }: { root: string; live: ChatState; onClose: () => void }) {
  const texts = useTexts()
  const { chat, me, may, edit } = useRoom()
  const attempt = useAttempt()
  const [sent, setSent] = useState(0)
  const [error, setError] = useState<unknown>(null)
  const page = live.threads[root]
  const known = live.page.messages.find(({ id }) => id === root)
  const { data: loaded } = useQuery({
    queryKey: ['conversations', 'message', root],
    queryFn: ({ signal }) => client.messages.get({ messageId: root }, { signal }),
    enabled: known === undefined,
  })
  const first = known ?? loaded
  useEffect(() => {
    chat.openThread(root).catch(setError)
    return () => chat.closeThread(root)
  }, [chat, root])
  useShortcut('Escape', texts.conversations.closeThread, texts.shell.groupPage, onClose)
  const messages = useMemo(() => {
    const replies = page?.messages ?? []
    return [...(first ? [first] : []), ...shownMessages(replies, versionsOf(replies), {})]
  }, [page, first])
  const answers = live.answers.filter(({ thread_id }) => thread_id === root)
  const editLast = () => {
    const last = messages.findLast(({ author_kind, author_id, deleted_at }) => author_kind === 'user' && author_id === me && deleted_at === null)
    if (last) edit(last.id)
  }
  return (
    <aside aria-label={texts.conversations.thread} className="flex h-full min-h-0 w-full min-w-0 flex-col border-line lg:w-96 lg:border-l">
      <div className="flex h-14 shrink-0 items-center justify-between gap-2 border-b border-line px-4">
        <h2 className="text-[13px] font-semibold">{texts.conversations.thread}</h2>
        <Button look="ghost" size="smallIcon" aria-label={texts.conversations.closeThread} onClick={onClose}>
          <X aria-hidden />
        </Button>
      </div>
      {error ? (
        <div className="p-4">
          <ErrorBox error={error} />
        </div>
      ) : page ? (
        <Suspense fallback={<Skeleton rows={6} className="flex-1" />}>
          <MessageList page={page} messages={messages} pending={live.pending} answers={answers} thread={root} unreadAfter={Infinity} sent={sent} />
        </Suspense>
      ) : (
        <Skeleton rows={6} className="flex-1" />
      )}
      {may.write && (
        <Composer
          draftKey={`${live.conversation?.id}.${root}`}
          threadId={root}
          label={texts.conversations.reply}
          isBusy={answers.length > 0}
          onStop={() => void attempt(() => chat.stop())}
          onEditLast={editLast}
          onLeave={onClose}
          onSent={() => setSent((before) => before + 1)}
        />
      )}
    </aside>
  )
}
