import { contract, type Contract } from '@cadre/contract'
import type { ConversationEvent, PositionedEvent } from '@cadre/contract/conversation-events'
import type { LogEvent } from '@cadre/contract/server'
import { eventId, type RunEvent } from '@cadre/contract/run-events'
import type { Actor } from '@cadre/core/access/actor'
import type { Credential } from '@cadre/core/access/identity'
import type { SetSession } from '@cadre/core/access/sessions/sessions'
import type { ContractProcedure, InferSchemaInput, InferSchemaOutput } from '@orpc/contract'
import { implement, withEventMeta } from '@orpc/server'
import type { EventsToSend } from './send-events.ts'

/** What a verb learns beside its input. */
export type Extra = { idempotency_key?: string; last_event_id?: string; signal: AbortSignal; credential?: Credential; setSession?: SetSession }

type Verb<P> =
  // oxlint-disable-next-line typescript/no-explicit-any -- oRPC's own bounds for errors and meta, which no verb looks at
  P extends ContractProcedure<infer I, infer O, any, any>
    ? (actor: Actor, input: InferSchemaOutput<I>, extra: Extra) => Answer<InferSchemaInput<O>> | Promise<Answer<InferSchemaInput<O>>>
    : never
// A verb may give any async iterable of events.
type Answer<T> = T extends AsyncIterator<infer Event, unknown, unknown> ? AsyncIterable<Event> : T
type AnyEvent = RunEvent | ConversationEvent | PositionedEvent | LogEvent

/** The core, as functions grouped like the contract. */
export type Api = { [Group in keyof Contract]: { [Name in keyof Contract[Group]]: Verb<Contract[Group][Name]> } }

/** What a door knows of one request. */
export type DoorContext = {
  actor: Actor
  credential: Credential
  setSession: SetSession
  /** Throws when the caller may no longer have what it asked for. */
  recheck: () => Promise<void>
  request_id: string
  idempotency_key: string | undefined
  signal: AbortSignal
  /** Aborts the signal. */
  end: () => void
  /** `runs.start` */
  endpoint: string
  head: boolean
  /** Settles when they ended or the caller went away. */
  sendEvents: (events: EventsToSend) => Promise<void>
  /** Filled in on the way. */
  answer: { run_id?: string; retry_after_ms?: number | null }
}

/** Every entry of the contract, bound to the function of the same name: a new entry needs no line here. */
export function buildRouter(api: Api) {
  // What the core answers is typed by the contract; checking each answer again costs 0.3 ms a run.
  const base = implement(contract).$context<DoorContext>().$config({ initialOutputValidationIndex: Number.NaN })
  const groups = Object.entries(contract).map(([group, entries]) => {
    const bound = Object.keys(entries).map((name) => {
      // The contract types each pair exactly (see Api); a loop over names cannot.
      const verb = (api as unknown as Record<string, Record<string, (actor: Actor, input: unknown, extra: Extra) => unknown>>)[group]?.[name]
      if (!verb) throw new Error(`api.${group}.${name} is missing`)
      const builder = (base as unknown as Record<string, Record<string, { handler(run: (options: HandlerOptions) => unknown): unknown }>>)[group]?.[
        name
      ]
      if (!builder) throw new Error(`contract.${group}.${name} has no builder`)
      return [name, builder.handler((options) => callVerb(verb, options))]
    })
    return [group, Object.fromEntries(bound)]
  })
  return base.router(Object.fromEntries(groups) as Parameters<typeof base.router>[0])
}

type HandlerOptions = { context: DoorContext; input: unknown; lastEventId?: string }

async function callVerb(verb: (actor: Actor, input: unknown, extra: Extra) => unknown, { context, input, lastEventId }: HandlerOptions) {
  const { actor, idempotency_key, signal, credential, setSession } = context
  const answer = await verb(actor, input, { idempotency_key, last_event_id: lastEventId || undefined, signal, credential, setSession })
  if (typeof answer !== 'object' || answer === null) return answer
  if ('run_id' in answer && typeof answer.run_id === 'string') context.answer.run_id = answer.run_id
  return Symbol.asyncIterator in answer ? numbered(answer as AsyncIterable<AnyEvent>) : answer
}

/** Each event with its id for `Last-Event-ID`. */
async function* numbered(events: AsyncIterable<AnyEvent>) {
  for await (const event of events) yield withEventMeta(event, { id: idOf(event) })
}

function idOf(event: AnyEvent): string {
  if ('position' in event) return event.position
  return 'conversation_id' in event ? `${event.seq}` : eventId(event)
}
