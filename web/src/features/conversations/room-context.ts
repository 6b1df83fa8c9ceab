import type { Chat } from '@cadre/client'
import type { Conversation } from '@cadre/contract/conversations'
import type { Message } from '@cadre/contract/messages'
import { createContext, useContext } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { explainError } from '../../ui/error-box.tsx'
import { toast } from '../../ui/toast.ts'
import type { Versions } from '@cadre/contract/branches'

export type RoomContext = {
  chat: Chat
  me: string
  conversation: Conversation
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
