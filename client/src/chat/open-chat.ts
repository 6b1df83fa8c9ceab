import type { ConversationEvent } from '@cadre/contract/conversation-events'
import type { Conversation } from '@cadre/contract/conversations'
import { CadreError } from '@cadre/contract/errors'
import type { Message } from '@cadre/contract/messages'
import type { Client } from '../client.ts'
import { delay } from '../delay.ts'
import { followConversation } from '../follow-conversation.ts'
import { nextFrame } from '../live-run.ts'
import { trackAnswers } from './answers.ts'
import { type ChatState, type MessagePage, noPage, nothingYet } from './chat-state.ts'
import { foldConversation, isStored, withRead } from './fold-conversation.ts'
import { foldMessages, withMessage } from './fold-messages.ts'
import { openOutbox, type Sending } from './outbox.ts'

export type ChatOptions = {
  /** When listeners hear of what came: by default at the next frame, so that a thousand pieces of text a second cost sixty renderings. */
  schedule?: (tell: () => void) => void
  /** Before it asks a server that is away again, at first and at most. */
  wait_ms?: readonly [first: number, longest: number]
  /** How often is asked what agents do, while they do something. */
  look_ms?: number
  /** How many messages are loaded at once. */
  pageSize?: number
}

export type Chat = ReturnType<typeof openChat>

const typingMs = 5_000
/** Events before the newest that are read again when agents are at work, for where their answers will stand. */
const eventsBack = 100

/** One conversation, live: its newest messages, then every event folded into them, over broken connections and restarts of the server. */
export function openChat(client: Client, conversationId: string, options: ChatOptions = {}) {
  const { schedule = nextFrame, wait_ms = [200, 3_000], look_ms = 1_500, pageSize = 50 } = options
  const leaving = new AbortController()
  const { signal } = leaving
  const listeners = new Set<() => void>()
  let state: ChatState = nothingYet
  let isScheduled = false
  let lastEvent = 0
  const typing = new Map<string, ReturnType<typeof setTimeout>>()

  function change(next: Partial<ChatState>) {
    state = { ...state, ...next }
    if (isScheduled) return
    isScheduled = true
    schedule(() => {
      isScheduled = false
      if (signal.aborted) return
      state = { ...state, answers: answers.list(), pending: outbox.list() }
      for (const listener of listeners) listener()
    })
  }

  const pageOf = (thread: string | null) => (thread === null ? state.page : state.threads[thread])
  function putPage(thread: string | null, page: Partial<MessagePage>) {
    const next = { ...(pageOf(thread) ?? noPage), ...page }
    change(thread === null ? { page: next } : { threads: { ...state.threads, [thread]: next } })
  }
  const threadOf = (id: string) => {
    const known = [state.page, ...Object.values(state.threads)].flatMap(({ messages }) => messages).find((message) => message.id === id)
    return known?.thread_id
  }

  const answers = trackAnswers({ client, conversationId, signal, look_ms, threadOf, onChange: () => change({}) })
  const outbox = openOutbox({
    client,
    conversationId,
    signal,
    wait_ms,
    onChange: () => change({}),
    onSent: (message) => {
      const page = pageOf(message.thread_id)
      if (page) putPage(message.thread_id, { messages: withMessage(page.messages, message) })
      change({})
    },
  })

  /** Asks until the server answers. */
  async function load<T>(ask: () => Promise<T>): Promise<T> {
    for (let wait = wait_ms[0]; ; wait = Math.min(wait * 2, wait_ms[1])) {
      try {
        return await ask()
      } catch (error) {
        signal.throwIfAborted()
        if (!(error instanceof CadreError) || error.code !== 'UNAVAILABLE') throw error
        change({ connection: 'away' })
        await delay(wait, signal)
      }
    }
  }

  const fetchPage = (thread: string | null, before: number | undefined, limit = pageSize) =>
    client.messages.list(
      { conversationId, limit, branches: 'all', ...(thread === null ? {} : { thread }), ...(before === undefined ? {} : { before }) },
      { signal },
    )

  async function start() {
    const [me, conversation, agents] = await Promise.all([
      load(() => client.sessions.me(undefined, { signal })),
      load(() => client.conversations.get({ conversationId }, { signal })),
      load(() => client.conversations.agents({ conversationId }, { signal })),
    ])
    const page = await load(() => fetchPage(null, undefined))
    const id = me.user?.id ?? 'local'
    const own = conversation.participants.find((each) => each.kind === 'user' && each.id === id)
    change({
      me: id,
      conversation,
      page: { messages: page.items, hasOlder: page.next_cursor !== null, isLoading: false },
      unreadAfter: own?.last_read_seq ?? conversation.last_seq,
    })
    const isBusy = agents.items.some(({ run_id }) => run_id !== null)
    await follow(conversation, isBusy ? eventsBack : 0)
  }

  async function follow({ last_event }: Conversation, back: number) {
    lastEvent = last_event
    const events = followConversation(client, conversationId, {
      after: String(Math.max(0, last_event - back)),
      signal,
      patience_ms: Infinity,
      onOpen: () => {
        change({ connection: 'live' })
        answers.look()
      },
      onBreak: () => change({ connection: 'away' }),
    })
    for await (const event of events) take(event)
    change({ connection: 'closed' })
  }

  function take(event: ConversationEvent) {
    const isPassing = !isStored(event)
    // What the page of messages has already; of the answers under way, their beginning tells where they will stand.
    if (!isPassing && event.seq <= lastEvent) return answers.recall(event)
    if (!isPassing) lastEvent = event.seq
    for (const thread of [null, ...Object.keys(state.threads)]) {
      const page = pageOf(thread)
      const messages = page && foldMessages(page.messages, thread, page.hasOlder, event)
      if (page && messages !== page.messages) putPage(thread, { messages })
    }
    if (event.type === 'message.created') tookMessage(event.message)
    answers.take(event)
    if (event.type === 'typing' && event.by.kind === 'user' && event.by.id !== state.me) sees(event.by.id)
    const conversation = state.conversation && foldConversation(state.conversation, event)
    if (conversation && conversation !== state.conversation) change({ conversation })
  }

  function tookMessage(message: Message) {
    if (message.author_kind === 'user' && message.author_id === state.me) outbox.seen(message)
    if (message.author_kind === 'user') stopsTyping(message.author_id)
    if (state.conversation) answers.expect(message, state.conversation)
  }

  function sees(person: string) {
    clearTimeout(typing.get(person))
    typing.set(
      person,
      setTimeout(() => stopsTyping(person), typingMs),
    )
    change({ typing: [...typing.keys()] })
  }

  function stopsTyping(person: string) {
    clearTimeout(typing.get(person))
    if (typing.delete(person)) change({ typing: [...typing.keys()] })
  }

  start().catch((error: unknown) => {
    if (!signal.aborted) change({ connection: 'closed', error })
  })

  /** What is loaded now of a page; whoever wants the same waits for it. */
  const loads = new Map<string | null, Promise<void>>()
  function loadOlder(thread: string | null, limit: number): Promise<void> {
    const before = loads.get(thread)
    if (before) return before
    const load = older(thread, limit).finally(() => loads.delete(thread))
    loads.set(thread, load)
    return load
  }

  async function older(thread: string | null, limit: number) {
    const page = pageOf(thread)
    if (!page?.hasOlder) return
    putPage(thread, { isLoading: true })
    try {
      const { items, next_cursor } = await load(() => fetchPage(thread, page.messages[0]?.seq, limit))
      putPage(thread, { messages: [...items, ...(pageOf(thread)?.messages ?? [])], hasOlder: next_cursor !== null, isLoading: false })
    } catch (error) {
      if (signal.aborted) return
      putPage(thread, { isLoading: false })
      throw error
    }
  }

  return {
    /** The same object until something changes; messages that did not change are the same objects, too. */
    getState: () => state,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** Ends the following; what agents do goes on. */
    close() {
      leaving.abort()
      for (const timer of typing.values()) clearTimeout(timer)
    },
    send: (message: Sending) => outbox.send(message),
    resend: outbox.resend,
    discard: outbox.discard,
    /** Loads the messages before those that are there. */
    loadOlder: (thread: string | null = null) => loadOlder(thread, pageSize),
    /** Loads as far back as this number. @returns the message, where it is there. */
    async loadTo(seq: number): Promise<Message | undefined> {
      while (!signal.aborted && state.page.hasOlder && (state.page.messages[0]?.seq ?? 0) > seq) await loadOlder(null, 200)
      return state.page.messages.find((message) => message.seq === seq)
    },
    async openThread(root: string) {
      if (state.threads[root]) return
      putPage(root, noPage)
      const page = await load(() => fetchPage(root, undefined))
      putPage(root, { messages: page.items, hasOlder: page.next_cursor !== null, isLoading: false })
    },
    closeThread(root: string) {
      const { [root]: _gone, ...threads } = state.threads
      change({ threads })
    },
    async stop() {
      await client.conversations.stop({ conversationId }, { signal })
      answers.clear()
      answers.look()
    },
    async regenerate(messageId: string) {
      await client.messages.regenerate({ messageId }, { signal })
      answers.look()
    },
    /** Shows the branch that a message stands in to everybody, agents among them; the events of it change the page. */
    choose: (messageId: string) => client.messages.choose({ messageId }, { signal }),
    async retry(messageId: string) {
      await client.messages.retry({ messageId }, { signal })
      answers.look()
    },
    /** `branch`: says it anew, and lets agents answer that; what followed stays as another branch. */
    edit: (messageId: string, content: string, { branch = false } = {}) => client.messages.edit({ messageId, content, branch }, { signal }),
    remove: (messageId: string) => client.messages.delete({ messageId }, { signal }),
    react: (messageId: string, emoji: string, on: boolean) =>
      on ? client.messages.react({ messageId, emoji }, { signal }) : client.messages.unreact({ messageId, emoji }, { signal }),
    pin: (messageId: string, on: boolean) => (on ? client.messages.pin({ messageId }, { signal }) : client.messages.unpin({ messageId }, { signal })),
    tellTyping: () => client.conversations.typing({ conversationId }, { signal }),
    /** Up to which message one has read; nothing is asked where that is known already, or one does not take part. */
    async markRead(seq: number) {
      const own = state.conversation?.participants.find(({ kind, id }) => kind === 'user' && id === state.me)
      if (!own || own.last_read_seq >= seq) return
      putRead(state.me, seq)
      await client.conversations.read({ conversationId, seq }, { signal })
    },
  }

  function putRead(user_id: string, last_read_seq: number) {
    if (state.conversation) change({ conversation: withRead(state.conversation, user_id, last_read_seq) })
  }
}
