import type { Conversation } from '@cadre/contract/conversations'
import { Link } from '@tanstack/react-router'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import clsx from 'clsx'
import { BellOff, Hash, MessagesSquare, Plus, Upload, Users } from 'lucide-react'
import { lazy, Suspense, useDeferredValue, useRef, useState } from 'react'
import { useRoomTexts } from '../../i18n/room-texts.ts'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { useRowKeys } from '../../lib/use-row-keys.ts'
import { useShortcut } from '../../lib/use-shortcut.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Input } from '../../ui/field.tsx'
import { Empty, Skeleton } from '../../ui/parts.tsx'
import { meQuery, useMay } from '../access/access-queries.ts'
import { Avatar } from './avatar.tsx'
import { projectsQuery, roomName, roomsQuery } from './conversation-queries.ts'
import { FoundMessages } from './found-messages.tsx'
import { keptDraft } from './keep-draft.ts'
import { previewOf } from './preview.ts'

const ImportDialog = lazy(() => import('./import-dialog.tsx').then(({ ImportDialog }) => ({ default: ImportDialog })))

/** Direct conversations, groups, and the channels of each project; a search goes through all messages, too. */
export function RoomsList({ openId, onNew }: { openId: string | undefined; onNew: () => void }) {
  const texts = useTexts()
  const more = useRoomTexts()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(roomsQuery)
  const { data: me } = useQuery(meQuery)
  const { data: projects = [] } = useQuery(projectsQuery)
  const [search, setSearch] = useState('')
  const [isImporting, setImporting] = useState(false)
  const mayBegin = useMay('conversations.create')
  const mayImport = useMay('conversations.import')
  const field = useRef<HTMLInputElement>(null)
  const list = useRowKeys<HTMLDivElement>()
  const wanted = useDeferredValue(search.trim())
  useShortcut('/', texts.conversations.search, texts.shell.groupPage, () => field.current?.focus())

  const myId = me?.user?.id ?? 'local'
  const rooms = data?.pages.flatMap(({ items }) => items)
  const named = rooms?.map((room) => ({ room, name: roomName(room, myId, texts.conversations) }))
  const shown = named?.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()))
  const groups = [
    { key: 'dm', title: texts.conversations.direct, rooms: shown?.filter(({ room }) => room.kind === 'dm') ?? [] },
    { key: 'group', title: texts.conversations.groups, rooms: shown?.filter(({ room }) => room.kind === 'group') ?? [] },
    ...projects.map(({ id, name }) => ({ key: id, title: name, rooms: shown?.filter(({ room }) => room.project_id === id) ?? [] })),
  ]
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex h-14 shrink-0 items-center justify-between gap-2 px-4">
        <h1 className="text-[15px] font-semibold">{texts.conversations.rooms}</h1>
        <span className="flex">
          {mayImport && (
            <Button look="ghost" size="icon" aria-label={more.import} title={more.import} onClick={() => setImporting(true)}>
              <Upload aria-hidden />
            </Button>
          )}
          {mayBegin && (
            <Button look="ghost" size="icon" aria-label={texts.conversations.start} title={texts.conversations.start} onClick={onNew}>
              <Plus aria-hidden />
            </Button>
          )}
        </span>
      </div>
      <div className="shrink-0 px-3 pb-2">
        <Input
          ref={field}
          type="search"
          aria-label={texts.conversations.search}
          placeholder={texts.conversations.search}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <div ref={list} className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
        {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
        {!rooms && !error && <Skeleton rows={6} />}
        {rooms?.length === 0 && (
          <Empty icon={MessagesSquare} title={texts.conversations.noRooms} text={mayBegin ? texts.conversations.noRoomsText : texts.access.readOnly}>
            {mayBegin && (
              <Button look="primary" onClick={onNew}>
                {texts.conversations.start}
              </Button>
            )}
          </Empty>
        )}
        <nav aria-label={texts.conversations.rooms}>
          {groups.map(
            ({ key, title, rooms }) =>
              rooms.length > 0 && (
                <section key={key} aria-label={title} className="pt-2">
                  <h2 className="px-2 pb-0.5 text-xs text-muted">{title}</h2>
                  <ul>
                    {rooms.map(({ room, name }) => (
                      <RoomRow key={room.id} room={room} name={name} isOpen={room.id === openId} me={myId} />
                    ))}
                  </ul>
                </section>
              ),
          )}
        </nav>
        {hasNextPage && (
          <Button look="ghost" className="mt-2 w-full" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {texts.conversations.more}
          </Button>
        )}
        {wanted !== '' && <FoundMessages q={wanted} isEmpty={shown?.length === 0} me={myId} />}
      </div>
      <Suspense>{isImporting && <ImportDialog onClose={() => setImporting(false)} />}</Suspense>
    </div>
  )
}

function RoomRow({ room, name, isOpen, me }: { room: Conversation; name: string; isOpen: boolean; me: string }) {
  const texts = useTexts()
  const format = useFormat()
  const other = room.participants.find(({ kind, id }) => kind !== 'user' || id !== me)
  const isMuted = room.participants.some(({ kind, id, muted }) => kind === 'user' && id === me && muted)
  const draft = isOpen ? '' : keptDraft(room.id)
  const last = room.last_message
  return (
    <li>
      <Link
        to="/conversations/$conversationId"
        params={{ conversationId: room.id }}
        data-row
        aria-current={isOpen ? 'page' : undefined}
        className={clsx('flex min-h-11 items-center gap-2 rounded-md px-2 py-1 hover:bg-sunken', isOpen && 'bg-line/70')}
      >
        <span className="grid w-5 shrink-0 place-items-center text-muted [&>svg]:size-4">
          {room.kind === 'channel' ? (
            <Hash aria-hidden />
          ) : room.kind === 'group' ? (
            <Users aria-hidden />
          ) : (
            <Avatar small kind={other?.kind ?? 'user'} id={other?.id ?? ''} name={name} />
          )}
        </span>
        <span className="min-w-0 flex-1">
          <span className={clsx('block truncate text-[13px]', room.unread > 0 && !isOpen && 'font-semibold')}>{name}</span>
          <span className="block truncate text-xs text-muted">
            {draft !== '' ? (
              <>
                <span className="text-warning">{texts.conversations.draft}</span> {draft}
              </>
            ) : (
              last && previewOf(last.content)
            )}
          </span>
        </span>
        {isMuted && <BellOff className="size-3.5 shrink-0 text-muted" aria-label={texts.conversations.muted} role="img" />}
        {room.unread > 0 && !isOpen && (
          <span
            className={clsx(
              'min-w-5 rounded-full px-1.5 text-center text-[11px] font-semibold leading-[18px]',
              isMuted ? 'bg-sunken text-muted' : 'bg-accent text-on-accent',
            )}
          >
            <span aria-hidden>{format.short(room.unread)}</span>
            <span className="sr-only">{texts.conversations.unread(room.unread, format.number(room.unread))}</span>
          </span>
        )}
      </Link>
    </li>
  )
}
