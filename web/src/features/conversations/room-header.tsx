import type { ChatState } from '@cadre/client'
import type { ExportFormat } from '@cadre/contract/conversations'
import { Link, useNavigate } from '@tanstack/react-router'
import { ArrowLeft, Bell, BellOff, Download, Ellipsis, LogOut, Pin, Settings } from 'lucide-react'
import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { Badge } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { useMay } from '../access/access-queries.ts'
import { Avatar } from './avatar.tsx'
import { Pins } from './pins.tsx'
import { useAttempt, useNameOf, useRoom } from './room-context.ts'
import { RoomSettings } from './room-settings.tsx'

const formats: ExportFormat[] = ['markdown', 'html', 'json']

export function RoomHeader({ name, connection, onEnd }: { name: string; connection: ChatState['connection']; onEnd: () => void }) {
  const texts = useTexts()
  const navigate = useNavigate()
  const { conversation, me } = useRoom()
  const mayJoin = useMay('conversations.addParticipant')
  const mayLeave = useMay('conversations.removeParticipant')
  const nameOf = useNameOf()
  const attempt = useAttempt()
  const [open, setOpen] = useState<'settings' | 'pins' | null>(null)
  const own = conversation.participants.find(({ kind, id }) => kind === 'user' && id === me)
  const conversationId = conversation.id

  const save = async (format: ExportFormat) => {
    const { name, media_type, content } = await client.conversations.export({ conversationId, format })
    const url = URL.createObjectURL(new Blob([content], { type: media_type }))
    const link = document.createElement('a')
    link.href = url
    link.download = name
    link.click()
    URL.revokeObjectURL(url)
  }
  const leave = async () => {
    if (!(await attempt(() => client.conversations.removeParticipant({ conversationId, kind: 'user', id: me })))) return
    toast(texts.conversations.left)
    onEnd()
    await navigate({ to: '/conversations' })
  }
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-2 md:px-4">
      <Link
        to="/conversations"
        aria-label={texts.conversations.backToRooms}
        className={buttonStyle({ look: 'ghost', size: 'icon', className: 'md:hidden' })}
      >
        <ArrowLeft aria-hidden />
      </Link>
      <div className="min-w-0 flex-1">
        <h2 className="truncate text-[15px] font-semibold">{name}</h2>
        {conversation.topic && <p className="truncate text-xs text-muted">{conversation.topic}</p>}
      </div>
      {connection === 'away' && <Badge tone="warning">{texts.conversations.away}</Badge>}
      <span className="hidden -space-x-1 sm:flex" title={conversation.participants.map((each) => nameOf(each, each.name)).join(', ')}>
        {conversation.participants.slice(0, 5).map((each) => (
          <Avatar key={`${each.kind} ${each.id}`} small kind={each.kind} id={each.id} name={nameOf(each, each.name)} />
        ))}
      </span>
      {!own && mayJoin && conversation.kind === 'channel' && (
        <Button size="small" onClick={() => void attempt(() => client.conversations.addParticipant({ conversationId, kind: 'user', id: me }))}>
          {texts.conversations.join}
        </Button>
      )}
      <Menu
        trigger={
          <Button look="ghost" size="icon" aria-label={texts.conversations.more_actions}>
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        <MenuItem icon={Settings} onSelect={() => setOpen('settings')}>
          {texts.conversations.settings}
        </MenuItem>
        <MenuItem icon={Pin} onSelect={() => setOpen('pins')}>
          {texts.conversations.pins}
        </MenuItem>
        {own && (
          <MenuItem
            icon={own.muted ? Bell : BellOff}
            onSelect={() => void attempt(() => client.conversations.mute({ conversationId, muted: !own.muted })).then(onEnd)}
          >
            {own.muted ? texts.conversations.unmute : texts.conversations.mute}
          </MenuItem>
        )}
        <MenuLine />
        {formats.map((format) => (
          <MenuItem key={format} icon={Download} onSelect={() => void attempt(() => save(format))}>
            {`${texts.conversations.export}: ${texts.conversations.exportAs[format]}`}
          </MenuItem>
        ))}
        {own && mayLeave && conversation.kind !== 'dm' && (
          <>
            <MenuLine />
            <MenuItem icon={LogOut} danger onSelect={() => void leave()}>
              {texts.conversations.leave}
            </MenuItem>
          </>
        )}
      </Menu>
      {open === 'settings' && <RoomSettings onClose={() => setOpen(null)} onEnd={onEnd} />}
      {open === 'pins' && <Pins onClose={() => setOpen(null)} />}
    </header>
  )
}
