import type { ConversationEvent } from '@cadre/contract/conversation-events'
import type { AgentInRoom, Conversation } from '@cadre/contract/conversations'
import { CadreError } from '@cadre/contract/errors'
import type { Message } from '@cadre/contract/messages'
import type { RunEvent, Waiting } from '@cadre/contract/run-events'
import type { Run } from '@cadre/contract/runs'
import type { Client } from '../client.ts'
import { followRun, isOver } from '../follow-run.ts'
import type { AnswerStage, ChatAnswer } from './chat-state.ts'

type Tracked = ChatAnswer & {
  /** The last piece of its text that was heard; null where it was not heard from its beginning. */
  part: number | null
  heardAt: number
  /** Ends the following of its run, where that was needed. */
  catchingUp: AbortController | null
  /** Its run may not be seen: only what the conversation tells is known. */
  isHidden: boolean
  /** Until when it is only expected. */
  until: number | null
}

/** Longer than anybody is put off while messages keep coming (five debounces). */
const mostDebounces = 5
const spareMs = 3_000
/** While text comes, its run is not asked what it does. */
const quietMs = 1_000

export type AnswersOptions = {
  client: Client
  conversationId: string
  signal: AbortSignal
  onChange: () => void
  threadOf: (messageId: string) => string | null | undefined
  /** How often is asked what agents do, while they do something. */
  look_ms: number
}

/**
 * The answers that are under way in one conversation: who is about to answer, what its run does, and the text that has arrived. That
 * somebody is at work is never concluded from silence: the server is asked, which derives it from leases.
 */
export function trackAnswers({ client, conversationId, signal, onChange, threadOf, look_ms }: AnswersOptions) {
  let answers: Tracked[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let isLooking = false
  /** In which threads runs answer. */
  const threads = new Map<string, string>()
  signal.addEventListener('abort', () => {
    clearTimeout(timer)
    for (const { catchingUp } of answers) catchingUp?.abort()
  })

  function put(answer: Tracked, change: Partial<Tracked>) {
    answers = answers.map((each) => (each.key === answer.key ? { ...each, ...change } : each))
    onChange()
  }
  const byRun = (run_id: string | null) => answers.find((each) => run_id !== null && each.run_id === run_id)

  function drop(is: (answer: Tracked) => boolean) {
    const gone = answers.filter(is)
    if (gone.length === 0) return
    for (const { catchingUp } of gone) catchingUp?.abort()
    answers = answers.filter((each) => !gone.includes(each))
    onChange()
  }

  function add(fields: Partial<Tracked> & { agent_id: string | null; run_id: string | null }): Tracked {
    const since = Date.now()
    const rest = { thread_id: null, stage: 'queued' as AnswerStage, note: null, text: '', reasoning: '', since, part: null, heardAt: 0 }
    const answer: Tracked = { key: fields.run_id ?? `next ${fields.agent_id}`, ...rest, catchingUp: null, isHidden: false, until: null, ...fields }
    // It has its turn: what was expected of this agent, or of nobody yet chosen, is this.
    answers = [...answers.filter((each) => each.run_id !== null || (each.agent_id !== fields.agent_id && each.agent_id !== null)), answer]
    onChange()
    lookSoon()
    return answer
  }

  /** Whoever will probably answer a message: whom it names, or who alone is there. Where it is left open, somebody. */
  function expect(message: Message, { participants, policy }: Conversation) {
    if (message.author_kind !== 'user') return
    const agents = participants.filter(({ kind }) => kind === 'agent')
    const named = message.mentions.filter(({ kind }) => kind === 'agent').map(({ id }) => id)
    const isAlone = participants.filter(({ kind }) => kind === 'user').length <= 1
    const expected = named.length > 0 ? named : !isAlone || agents.length === 0 ? [] : agents.length === 1 ? [agents[0]?.id ?? null] : [null]
    const until = Date.now() + policy.debounce_ms * mostDebounces + spareMs
    for (const agent_id of expected) {
      const known = answers.find((each) => each.run_id === null && each.agent_id === agent_id)
      if (known) put(known, { until })
      else if (!answers.some((each) => each.agent_id === agent_id && each.run_id !== null))
        add({ agent_id, run_id: null, thread_id: message.thread_id, until })
    }
    lookSoon()
  }

  function take(event: ConversationEvent) {
    if (event.type === 'agent.responding') {
      if (event.run_id === null || byRun(event.run_id)) return
      const thread_id = event.message_ids.map(threadOf).find((thread) => thread !== undefined) ?? null
      add({ agent_id: event.agent_id, run_id: event.run_id, thread_id, stage: 'thinking', part: -1 })
    } else if (event.type === 'message.delta') {
      const answer = byRun(event.run_id)
      if (!answer) lookSoon(0)
      else if (!answer.catchingUp) hear(answer, event)
    } else if (event.type === 'progress') {
      const answer = byRun(event.run_id) ?? answers.find((each) => each.agent_id === event.agent_id)
      if (answer) put(answer, { note: event.text })
      if (answer?.run_id && !answer.catchingUp) void inspect(answer.key)
    } else if (event.type === 'message.created' && event.message.author_kind === 'agent') {
      drop(({ run_id, agent_id }) => (run_id === null ? agent_id === event.message.author_id : run_id === event.message.run_id))
    } else if (event.type === 'job.completed' || event.type === 'job.failed' || event.type === 'agent.responded') {
      drop(({ run_id }) => run_id !== null && run_id === event.run_id)
    } else if (event.type === 'agent.status') lookSoon(0)
  }

  function hear(answer: Tracked, { part, kind, text, run_id }: Extract<ConversationEvent, { type: 'message.delta' }>) {
    // Something was missed, by a break of the connection or because one came later: its run tells all of it.
    if (part !== 0 && (answer.part === null || part !== answer.part + 1) && !answer.isHidden) return void catchUp(answer.key, run_id ?? '')
    const before = part === 0 ? { text: '', reasoning: '' } : answer
    put(answer, { ...heard(before, kind, text), part, heardAt: Date.now() })
  }

  const heard = (before: { text: string; reasoning: string }, kind: 'text' | 'reasoning', text: string) =>
    kind === 'text'
      ? { text: before.text + text, reasoning: before.reasoning, stage: 'writing' as const, note: null }
      : { text: before.text, reasoning: before.reasoning + text, stage: 'thinking' as const, note: null }

  async function catchUp(key: string, runId: string) {
    const answer = answers.find((each) => each.key === key)
    if (!answer || answer.catchingUp) return
    const leaving = new AbortController()
    put(answer, { catchingUp: leaving, part: null })
    try {
      for await (const event of followRun(client, runId, { signal: leaving.signal, patience_ms: Infinity })) {
        const now = answers.find((each) => each.key === key)
        if (!now) return
        if (event.type === 'text.delta') put(now, { ...heard(event.part === 0 ? { text: '', reasoning: '' } : now, event.kind, event.text) })
        else put(now, stageAfter(event) ?? {})
      }
    } catch (error) {
      if (leaving.signal.aborted) return
      const now = answers.find((each) => each.key === key)
      // Others' runs may not be shown: then what comes from here on is.
      if (now) put(now, { catchingUp: null, isHidden: true })
      if (!(error instanceof CadreError)) throw error
    }
  }

  /** What its run does or waits for. */
  async function inspect(key: string) {
    const answer = answers.find((each) => each.key === key)
    if (!answer?.run_id || answer.isHidden || answer.catchingUp || Date.now() - answer.heardAt < quietMs) return
    const asked = Date.now()
    try {
      const run = await client.runs.get({ runId: answer.run_id }, { signal })
      const now = answers.find((each) => each.key === key)
      if (now && !isOver(run.status) && now.heardAt < asked) put(now, stageOf(run))
    } catch (error) {
      if (!(error instanceof CadreError)) throw error
      const now = answers.find((each) => each.key === key)
      if (now && error.code !== 'UNAVAILABLE') put(now, { isHidden: true })
    }
  }

  async function look() {
    const asked = Date.now()
    try {
      const { items } = await client.conversations.agents({ conversationId }, { signal })
      settle(items, asked)
    } catch (error) {
      // Away, or not ours any more: the stream of the conversation says so.
      if (!(error instanceof CadreError)) throw error
    }
    await Promise.all(answers.map(({ key }) => inspect(key)))
  }

  function settle(items: AgentInRoom[], asked: number) {
    const now = Date.now()
    const isKnown = (answer: Tracked) =>
      items.some((item) => (answer.run_id ? item.run_id === answer.run_id : item.waits && item.agent_id === answer.agent_id))
    drop((each) => each.since < asked && (each.until === null || each.until < now) && !isKnown(each))
    for (const { agent_id, run_id, waits } of items) {
      if (run_id !== null && !byRun(run_id)) {
        const { key } = add({ agent_id, run_id, stage: 'thinking', thread_id: threads.get(run_id) ?? null })
        void catchUp(key, run_id)
      } else if (run_id === null && waits && !answers.some((each) => each.agent_id === agent_id)) add({ agent_id, run_id: null })
    }
  }

  function lookSoon(ms = look_ms) {
    if (signal.aborted || (timer !== undefined && ms > 0)) return
    clearTimeout(timer)
    timer = setTimeout(() => void lookNow(), ms)
  }

  async function lookNow() {
    timer = undefined
    if (isLooking) return lookSoon()
    isLooking = true
    try {
      await look()
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      isLooking = false
    }
    if (answers.length > 0) lookSoon()
  }

  /** An event from before: only where the answer of a run that is at work will stand. */
  function recall(event: ConversationEvent) {
    if (event.type !== 'agent.responding' || event.run_id === null) return
    const thread_id = event.message_ids.map(threadOf).find((thread) => thread !== undefined)
    // Of a message that is not among those of the conversation itself, and not old: it stands in a thread that is not open.
    if (thread_id) threads.set(event.run_id, thread_id)
    const answer = byRun(event.run_id)
    if (answer && thread_id) put(answer, { thread_id })
  }

  return {
    recall,
    /** Those at work first. */
    list: (): ChatAnswer[] => answers.toSorted((a, b) => Number(a.run_id === null) - Number(b.run_id === null)),
    take,
    expect,
    look: () => lookSoon(0),
    clear: () => drop(({ run_id }) => run_id === null),
  }
}

const ofWaiting = ({ for: what, reason }: Waiting): Partial<Tracked> => ({ stage: what, note: reason })

function stageOf(run: Run): Partial<Tracked> {
  if (run.waiting) return ofWaiting(run.waiting)
  const step = run.steps.find(({ status }) => status === 'running')
  if (step) return { stage: 'tool', note: step.tool }
  return run.status === 'pending' && run.started_at === null ? { stage: 'queued', note: null } : { stage: 'thinking', note: null }
}

function stageAfter(event: RunEvent): Partial<Tracked> | undefined {
  if (event.type === 'tool.started') return { stage: 'tool', note: event.tool }
  if (event.type === 'run.waiting') return ofWaiting(event.waiting)
  if (event.type === 'tool.completed' || event.type === 'approval.decided' || event.type === 'run.started') return { stage: 'thinking', note: null }
  return undefined
}
