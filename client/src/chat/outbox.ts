import type { Attachment, Message } from '@cadre/contract/messages'
import { CadreError } from '@cadre/contract/errors'
import type { Client } from '../client.ts'
import { delay } from '../delay.ts'
import type { PendingMessage } from './chat-state.ts'

export type Sending = { content: string; thread_id?: string | undefined; parent_id?: string | undefined; attachments?: Attachment[] }

type OutboxOptions = {
  client: Client
  conversationId: string
  signal: AbortSignal
  wait_ms: readonly [number, number]
  onChange: () => void
  onSent: (message: Message) => void
}

/** Messages on their way, one after the other. Each has a key, so that one whose answer was lost is stored once however often it is sent. */
export function openOutbox({ client, conversationId, signal, wait_ms, onChange, onSent }: OutboxOptions) {
  let pending: PendingMessage[] = []
  let last: Promise<void> = Promise.resolve()

  const change = (now: PendingMessage[]) => {
    pending = now
    onChange()
  }

  async function deliver(key: string): Promise<void> {
    for (let wait = wait_ms[0]; ; wait = Math.min(wait * 2, wait_ms[1])) {
      const own = pending.find((each) => each.key === key)
      if (!own) return
      const { content, attachments } = own
      const place = { thread_id: own.thread_id ?? undefined, parent_id: own.parent_id ?? undefined }
      try {
        const input = { conversationId, content, ...place, attachments: attachments.map(({ id }) => id), client_key: key }
        const message = await client.messages.send(input, { signal })
        pending = pending.filter((each) => each.key !== key)
        return onSent(message)
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof CadreError)) throw error
        if (error.code !== 'UNAVAILABLE') return change(pending.map((each) => (each.key === key ? { ...each, error } : each)))
      }
      await delay(wait, signal)
    }
  }

  function queue(key: string) {
    last = last
      .then(() => deliver(key))
      .catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
  }

  return {
    list: () => pending,
    send({ content, thread_id, parent_id, attachments = [] }: Sending) {
      const key = crypto.randomUUID()
      const at = new Date().toISOString()
      change([...pending, { key, content, thread_id: thread_id ?? null, parent_id: parent_id ?? null, attachments, error: null, at }])
      queue(key)
    },
    /** After an error. */
    resend(key: string) {
      change(pending.map((each) => (each.key === key ? { ...each, error: null } : each)))
      queue(key)
    },
    discard: (key: string) => change(pending.filter((each) => each.key !== key)),
    /** The event that tells of a message may come before the answer to whoever sent it. */
    seen({ content, thread_id }: Message) {
      const at = pending.findIndex((each) => each.error === null && each.content === content && each.thread_id === thread_id)
      if (at >= 0) change(pending.toSpliced(at, 1))
    },
  }
}
