import type { Found } from '@cadre/contract/messages'
import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Skeleton } from '../../ui/parts.tsx'
import { Ago } from '../runs/run-status.tsx'
import { foundQuery } from './conversation-queries.ts'

/** Messages of all conversations with these words, best first. */
export function FoundMessages({ q, isEmpty, me }: { q: string; isEmpty: boolean; me: string }) {
  const texts = useTexts()
  const { data, error, isLoading } = useQuery(foundQuery(q))
  const nameOf = ({ author_kind, author_id, author_name }: Found['message']) =>
    author_kind === 'user' && author_id === me ? texts.conversations.you : (author_name ?? texts.conversations.somebody)
  if (error) return <ErrorBox error={error} />
  if (isLoading) return <Skeleton />
  if (data?.length === 0) return isEmpty && <p className="px-2 py-4 text-center text-[13px] text-muted">{texts.conversations.noHits}</p>
  return (
    <section aria-label={texts.conversations.hits} className="pt-3">
      <h2 className="px-2 pb-0.5 text-xs text-muted">{texts.conversations.hits}</h2>
      <ul>
        {data?.map(({ message, conversation_title, snippet, hits }) => (
          <li key={message.id}>
            <Link
              to="/conversations/$conversationId"
              params={{ conversationId: message.conversation_id }}
              search={message.thread_id === null ? { message: message.seq } : { thread: message.thread_id }}
              data-row
              className="block rounded-md px-2 py-1.5 hover:bg-sunken"
            >
              <span className="flex justify-between gap-2 text-xs text-muted">
                <span className="truncate">{[nameOf(message), conversation_title].filter((each) => each !== null).join(' · ')}</span>
                <span className="shrink-0">
                  <Ago at={message.created_at} />
                </span>
              </span>
              <span className="line-clamp-3 break-words text-[13px]">{marked(snippet, hits)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

function marked(snippet: string, hits: Found['hits']): ReactNode[] {
  const parts: ReactNode[] = []
  let at = 0
  for (const { start, end } of hits) {
    parts.push(
      snippet.slice(at, start),
      <mark key={start} className="rounded-sm bg-warning-soft text-ink">
        {snippet.slice(start, end)}
      </mark>,
    )
    at = end
  }
  return [...parts, snippet.slice(at)]
}
