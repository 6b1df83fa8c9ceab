import { useTools } from '@cadre/client/react'
import { useNavigate } from '@tanstack/react-router'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Command } from 'cmdk'
import { Bot, type LucideIcon, MessagesSquare, Play, Plus, Wrench } from 'lucide-react'
import type { ReactNode } from 'react'
import { mayCall, meQuery } from '../features/access/access-queries.ts'
import { agentsQuery } from '../features/agents/agent-queries.ts'
import { roomName, roomsQuery } from '../features/conversations/conversation-queries.ts'
import { useTexts } from '../i18n/texts.ts'
import { shownKeys } from '../lib/shortcuts.ts'
import { isMac, useShortcutList } from '../lib/use-shortcut.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Kbd } from '../ui/parts.tsx'

/** Everything that has a name: pages, actions, conversations, agents and tools. */
export function Palette({ onClose, onSheet }: { onClose: () => void; onSheet: () => void }) {
  const texts = useTexts()
  const navigate = useNavigate()
  const { data: agents = [] } = useQuery(agentsQuery)
  const { data: rooms } = useInfiniteQuery(roomsQuery)
  const { data: me } = useQuery(meQuery)
  const { plugins } = useTools()
  const own = useShortcutList().filter(({ keys }) => keys !== 'mod+k' && keys !== 'Escape')
  const go = (run: () => unknown) => () => {
    onClose()
    void run()
  }
  return (
    <Dialog open onClose={onClose} title={texts.shell.palette} hideTitle place="top">
      <Command label={texts.shell.palette} loop className="flex min-h-0 flex-col">
        <Command.Input
          placeholder={texts.shell.paletteHint}
          className="h-12 shrink-0 border-b border-line bg-transparent px-4 text-[15px] outline-none placeholder:text-muted"
        />
        <Command.List className="min-h-0 flex-1 overflow-y-auto p-1.5 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-muted">
          <Command.Empty className="px-3 py-6 text-center text-muted">{texts.shell.paletteEmpty}</Command.Empty>
          {[texts.shell.groupPage, texts.shell.groupDo, texts.shell.groupGo].map((group) => {
            const items = own.filter((shortcut) => shortcut.group === group)
            return (
              items.length > 0 && (
                <Command.Group key={group} heading={group}>
                  {items.map(({ keys, label, run }) => (
                    <Item
                      key={`${keys} ${label}`}
                      value={`${group} ${label}`}
                      onSelect={keys === '?' ? onSheet : go(run)}
                      keys={shownKeys(keys, isMac)}
                    >
                      {label}
                    </Item>
                  ))}
                </Command.Group>
              )
            )
          })}
          {rooms && rooms.pages.some(({ items }) => items.length > 0) && (
            <Command.Group heading={texts.shell.conversations}>
              {rooms.pages
                .flatMap(({ items }) => items)
                .map((room) => (
                  <Item
                    key={room.id}
                    icon={MessagesSquare}
                    value={`${roomName(room, me?.user?.id ?? 'local', texts.conversations)} ${room.id}`}
                    onSelect={go(() => navigate({ to: '/conversations/$conversationId', params: { conversationId: room.id } }))}
                  >
                    {roomName(room, me?.user?.id ?? 'local', texts.conversations)}
                  </Item>
                ))}
            </Command.Group>
          )}
          <Command.Group heading={texts.shell.agents}>
            {agents
              .filter(({ id }) => mayCall(me, 'runs.start', id))
              .map(({ id, name, slug }) => (
                <Item
                  key={id}
                  icon={Play}
                  value={`${texts.shell.runAgent(name)} ${slug}`}
                  onSelect={go(() => navigate({ to: '/agents/$agentId', params: { agentId: slug } }))}
                >
                  {texts.shell.runAgent(name)}
                </Item>
              ))}
            {mayCall(me, 'agents.create') && (
              <Item icon={Bot} value={texts.shell.newAgent} onSelect={go(() => navigate({ to: '/agents/new' }))}>
                {texts.shell.newAgent}
              </Item>
            )}
          </Command.Group>
          <Command.Group heading={texts.shell.tools}>
            {plugins?.map(({ id, name }) => (
              <Item
                key={id}
                icon={Wrench}
                value={`${name} ${id}`}
                onSelect={go(() => navigate({ to: '/tools/$pluginId', params: { pluginId: id } }))}
              >
                {name}
              </Item>
            ))}
            {mayCall(me, 'plugins.add') && (
              <Item icon={Plus} value={texts.shell.addTool} onSelect={go(() => navigate({ to: '/tools', hash: 'add' }))}>
                {texts.shell.addTool}
              </Item>
            )}
          </Command.Group>
        </Command.List>
      </Command>
    </Dialog>
  )
}

type ItemProps = { value: string; onSelect: () => void; icon?: LucideIcon; keys?: string[]; children: ReactNode }

function Item({ value, onSelect, icon: Icon, keys, children }: ItemProps) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex min-h-9 cursor-default items-center gap-2.5 rounded-md px-2 text-[13px] data-[selected=true]:bg-accent-soft"
    >
      {Icon && <Icon className="size-4 text-muted" aria-hidden />}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {keys && <Kbd keys={keys} />}
    </Command.Item>
  )
}
