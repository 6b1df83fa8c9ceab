import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { nothingYet } from '../chat/chat-state.ts'
import { type Chat, openChat } from '../chat/open-chat.ts'
import { useClient } from './context.ts'

const unheard = () => () => {}

/**
 * One conversation, live: its messages, who is in it, what agents are writing, and everything that can be done there. Over lost connections
 * and restarts of the server, nothing is missed and nothing comes twice.
 */
export function useChat(conversationId: string) {
  const client = useClient()
  const [chat, setChat] = useState<Chat | null>(null)
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    const opened = openChat(client, conversationId)
    setChat(opened)
    return () => {
      opened.close()
      setChat(null)
    }
  }, [client, conversationId, attempt])

  const state = useSyncExternalStore(chat?.subscribe ?? unheard, chat?.getState ?? (() => nothingYet))
  /** After an error: everything anew. */
  const reopen = useCallback(() => setAttempt((before) => before + 1), [])
  return { ...state, chat, reopen }
}
