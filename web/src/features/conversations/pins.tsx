import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Pin } from 'lucide-react'
import { useTexts } from '../../i18n/texts.ts'
import { Dialog, DialogBody } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Empty, Skeleton } from '../../ui/parts.tsx'
import { Ago } from '../runs/run-status.tsx'
import { pinsQuery } from './conversation-queries.ts'
import { useNameOf, useRoom } from './room-context.ts'

/** The pinned messages, the latest pin first. */
export function Pins({ onClose }: { onClose: () => void }) {
  const texts = useTexts()
  const { conversation } = useRoom()
  const nameOf = useNameOf()
  const { data, error } = useQuery(pinsQuery(conversation.id))
  return (
    <Dialog open onClose={onClose} title={texts.conversations.pins} place="right" className="max-w-md">
      <DialogBody>
        {error && <ErrorBox error={error} />}
        {!data && !error && <Skeleton />}
        {data?.length === 0 && <Empty icon={Pin} title={texts.conversations.noPins} />}
        <ul className="flex flex-col gap-1">
          {data?.map((message) => (
            <li key={message.id}>
              <Link
                to="/conversations/$conversationId"
                params={{ conversationId: conversation.id }}
                search={message.thread_id === null ? { message: message.seq } : { thread: message.thread_id }}
                onClick={onClose}
                className="block rounded-md border border-line p-2.5 hover:bg-sunken"
              >
                <span className="flex justify-between gap-2 text-xs text-muted">
                  <span className="truncate">{nameOf({ kind: message.author_kind, id: message.author_id }, message.author_name)}</span>
                  <Ago at={message.created_at} />
                </span>
                <span className="line-clamp-4 break-words text-[13px]">{message.content}</span>
              </Link>
            </li>
          ))}
        </ul>
      </DialogBody>
    </Dialog>
  )
}
