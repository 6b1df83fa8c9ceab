import type { Chat } from '@cadre/client'
import type { Conversation } from '@cadre/contract/conversations'
import type { Message } from '@cadre/contract/messages'
import { useQuery } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { explainError } from '../../ui/error-box.tsx'
import { toast } from '../../ui/toast.ts'
import { isAtLeast, mayCall, meQuery } from '../access/access-queries.ts'
import type { Versions } from '@cadre/contract/branches'

/** `write`: say something, and all that goes with it. `manage`: change the conversation and who is in it. */
export type RoomRights = { write: boolean; manage: boolean }

export type RoomContext = {
  chat: Chat
  me: string
  conversation: Conversation
  may: RoomRights
  versions: Versions<Message>
  /** Looks at another version of a message. */
  choose: (version: Message) => void
  openThread: (root: string) => void
  /** The message of one's own that is being changed. */
  editing: string | null
  edit: (messageId: string | null) => void
}

export const RoomContext = createContext<RoomContext | null>(null)

export function useRoom(): RoomContext {
  const room = useContext(RoomContext)
  if (!room) throw new Error('This is shown in a room only.')
  return room
}

/** As the server decides it: by role, by the part that somebody takes in it, and by what was granted. */
export function useRoomRights({ id, kind, project_id, participants }: Conversation): RoomRights {
  const { data: me } = useQuery(meQuery)
  const own = participants.find((each) => each.kind === 'user' && each.id === (me?.user?.id ?? 'local'))
  const granted = [id, project_id ?? ''].map((on) => me?.permissions.on_rooms[on])
  const takesPart = own !== undefined || kind === 'channel' || granted.some((level) => level === 'run' || level === 'edit')
  const leads = isAtLeast(me, 'admin') || own?.role === 'owner' || granted.includes('edit')
  return { write: takesPart && mayCall(me, 'messages.send'), manage: leads && mayCall(me, 'conversations.update') }
}

type Party = { kind: string; id: string }

/** What somebody is called here. */
export function useNameOf(): (party: Party, known?: string | null) => string {
  const texts = useTexts()
  const { me, conversation } = useRoom()
  return ({ kind, id }, known) => {
    if (kind === 'user' && id === me) return texts.conversations.you
    return known ?? conversation.participants.find((each) => each.kind === kind && each.id === id)?.name ?? texts.conversations.somebody
  }
}

/** Does something that the server may refuse, and says so where it does. */
export function useAttempt(): (deed: () => Promise<unknown> | undefined) => Promise<boolean> {
  const texts = useTexts()
  return async (deed) => {
    try {
      await deed()
      return true
    } catch (error) {
      const { what, detail } = explainError(error, texts)
      toast(detail ?? what, { tone: 'danger' })
      return false
    }
  }
}
