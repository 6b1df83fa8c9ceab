// What the author of a ForgeHook imports. It has no dependencies: hooks load it in threads and in the sandbox.
import type { FromSchema } from './schema-type.ts'

/** What a handler of a ForgeHook is given beside its input (which already passed the endpoint's schema). */
export type HookContext = {
  /** Aborted when the run is cancelled or out of time. A handler that ignores it is ended from outside. */
  signal: AbortSignal
  /** The moment the call was first made, in milliseconds; the same on every repetition of the call. */
  now: number
  /** The same on every repetition of the call: what a `keyed` tool hands to the service behind it. */
  idempotencyKey: string
  /** What the operator set for this ForgeHook (`hooks:` in cadre.yaml, CADRE_HOOK_<ID>_<NAME>). */
  settings: Readonly<Record<string, unknown>>
  /** One line in the server's log, under the tool's name. */
  log: (message: string) => void
} & HookCapabilities

/**
 * The ways out of a ForgeHook. Each does what the manifest's permissions grant and nothing else; a refusal is an Error in plain words.
 * They work until the call ends.
 */
export type HookCapabilities = {
  /** HTTP through the server's connector. `permissions.network`. */
  fetch: (url: string, request?: HookRequest) => Promise<HookResponse>
  /** Reading inside the operator's file roots. `permissions.files`. */
  files: {
    /** The entries of a folder, by name; without a path, the roots. */
    list: (path?: string) => Promise<HookFile[]>
    stat: (path: string) => Promise<HookFile>
    read: (path: string, range?: { offset?: number; max_bytes?: number }) => Promise<Uint8Array>
  }
  /** Reading by SQL. Files of `permissions.files`, connections of `permissions.databases`; rows handed in need no permission. */
  sql: (query: SqlQuery) => Promise<SqlAnswer>
  /** Values of the operator's by name, from CADRE_SECRET_<NAME>. `permissions.secrets`. */
  secret: (name: string) => Promise<string>
  /** This ForgeHook's own values, kept between calls. `permissions.store`. */
  store: {
    get: (key: string) => Promise<unknown>
    /** @param value JSON of at most 64 kB. */
    set: (key: string, value: unknown) => Promise<void>
    delete: (key: string) => Promise<void>
    /** In order, at most 1000. */
    keys: (prefix?: string) => Promise<string[]>
  }
}

export type HookRequest = {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** `follow` (the default) checks every hop as it checked the first; at most 10. */
  redirect?: 'follow' | 'manual'
  /** More bytes than this, after decompression, fail. At most the endpoint's limits.output_bytes, which is the default. */
  max_bytes?: number
}
/** Any status is an answer; names of headers are in lower case, and several of one name are joined by ", ". */
export type HookResponse = { status: number; url: string; headers: Record<string, string>; body: Uint8Array }

/** `path` is how it is named in further calls; `size` in bytes; `modified` in milliseconds. */
export type HookFile = {
  path: string
  type: 'file' | 'folder'
  size: number
  modified: number
  /** It is a link; the rest tells of what it leads to. */
  link?: boolean
  /** Why it cannot be read, in words. */
  unreadable?: string
}

export type SqlQuery = {
  /** One statement that only reads. */
  sql: string
  /** Values for `?` (or `$1` on Postgres), or for `:name`. */
  params?: unknown[] | Record<string, unknown>
  source:
    | { type: 'sqlite'; file: string }
    /** Each file is a table by its name without the extension; CSV, JSON, NDJSON and Parquet. */
    | { type: 'duckdb'; files: string[] }
    /** Tables of rows that are handed in, for SQLite. */
    | { type: 'rows'; tables: Record<string, Record<string, unknown>[]> }
    | { type: 'connection'; name: string }
  /** Rows beyond it are not read, and `truncated` says so. */
  max_rows?: number
}
/** Numbers that a JSON number does not hold exactly (integers beyond 2^53, long decimals) are text. */
export type SqlAnswer = { columns: { name: string; type: string | null }[]; rows: Record<string, unknown>[]; truncated: boolean }

// oxlint-disable-next-line typescript/no-explicit-any -- the type of the input is the endpoint's JSON Schema; defineHook infers it
export type HookHandler = (input: any, context: HookContext) => unknown
/** The default export of a plugin's entry: endpoint path to handler. */
export type HookHandlers = Record<string, HookHandler>

/** A handler's word that the call cannot be done as asked. The message goes to the model and to people; it names the field. */
export class HookError extends Error {
  override name = 'HookError'
  readonly field: string | undefined
  constructor(message: string, field?: string) {
    super(field ? `${field}: ${message}` : message)
    this.field = field
  }
}

/** One endpoint as code defines it; the fields are those of the manifest. */
export type EndpointDefinition<I, O = unknown> = {
  description: string
  /** `once` where it is left out: a call that a crash interrupted is then never repeated by itself. */
  effect?: 'read' | 'idempotent' | 'keyed' | 'once'
  /** `always`: a person approves each call that an agent makes. */
  approval?: 'never' | 'always'
  /** What its output may hold: data that strangers must not see, what strangers wrote. */
  reads?: ('private' | 'untrusted')[]
  /** Whether what the input holds can reach others. */
  leaves_machine?: boolean
  /** JSON Schema of an object. The handler's input has its type. */
  input: I
  output?: O
  /** Worked calls; `cadre plugins test` runs them. */
  examples?: { title?: string; input: FromSchema<I>; output?: unknown }[]
  handler: (input: FromSchema<I>, context: HookContext) => unknown
}

/** What is known of a run at each point. `user_id`: for whom it is. */
export type LifecycleRun = {
  run_id: string
  agent: { id: string; name: string }
  user_id: string | null
  conversation_id: string | null
  parent_run_id: string | null
}
type Options = { options: Record<string, unknown> }

/** What each lifecycle hook is given. `options` are what the workspace set when it switched the ForgeHook on, {} where it set nothing. */
export type LifecycleInputs = {
  /** A person's message, before it is stored. */
  before_message_send: Options & {
    message: { content: string; attachments: number; thread_id: string | null; edit: boolean }
    conversation: { id: string; kind: 'dm' | 'group' | 'channel'; title: string | null }
    author: { kind: 'user' | 'system'; id: string }
    agents: { id: string; name: string }[]
  }
  /** The final answer of an agent, before it is stored. */
  after_message_receive: Options & { message: { content: string }; run: LifecycleRun }
  /** A run that begins. It is asked once for each run, also where the run is taken up again after a crash. */
  agent_initialization: Options & { run: LifecycleRun; input: string; server: { time_zone: string } }
  /** The beginning (`before`) and the end (`after`) of a run. */
  workflow_execution: Options & {
    run: LifecycleRun
    phase: 'before' | 'after'
    status: 'completed' | 'failed' | 'timeout' | 'cancelled' | null
    error: { code: string; message: string } | null
    output_text: string | null
    input: string
  }
}

// oxlint-disable-next-line typescript/no-invalid-void-type -- a handler that returns nothing leaves everything as it is
type Nothing = void | null
/** What each may answer; nothing leaves everything as it is. */
export type LifecycleOutputs = {
  /** `content`: the message in other words, which needs `changes: true`. `refuse`: why it is not sent, for whoever wrote it. */
  before_message_send: { content?: string | undefined; refuse?: string | undefined } | Nothing
  /** `content` needs `changes: true`. */
  after_message_receive: { content?: string | undefined } | Nothing
  /** `system`: put behind the agent's own prompt for this run; at most 20,000 characters. */
  agent_initialization: { system?: string | undefined } | Nothing
  workflow_execution: unknown
}

/** One lifecycle hook as code defines it; the fields are those of the manifest. */
export type LifecycleDefinition<P extends keyof LifecycleInputs> = {
  description: string
  /** Smaller numbers go first; 100 where it is left out. */
  order?: number
  /** For one call; 1000 where it is left out, at most 10000. */
  timeout_ms?: number
  /** Where it fails, the message is not sent or the run fails. Without it everything goes on as if the hook were not there. */
  required?: boolean
  /** Whether it may change messages. */
  changes?: boolean
  examples?: { title?: string; input: LifecycleInputs[P]; output?: unknown }[]
  handler: (input: LifecycleInputs[P], context: HookContext) => LifecycleOutputs[P] | Promise<LifecycleOutputs[P]>
}
export type LifecycleDefinitions = { [P in keyof LifecycleInputs]?: LifecycleDefinition<P> }

/** Under this name each handler carries its definition, for `cadre plugins pack` and for registering code without a list of endpoints. */
export const definition = 'definition'

/**
 * Defines a ForgeHook in code: path to endpoint, and what it does in the life of messages and runs. The types of handlers' inputs follow
 * from the schemas and from the points.
 * @returns what an entry module exports as its default.
 */
export function defineHook<const I extends Record<string, unknown>>(
  endpoints: { [P in keyof I]: EndpointDefinition<I[P]> },
  lifecycle: LifecycleDefinitions = {},
): HookHandlers {
  const handlers: HookHandlers = {}
  for (const [path, { handler, ...rest }] of Object.entries<EndpointDefinition<never>>(endpoints as never))
    handlers[path] = Object.assign<HookHandler, object>((input, context) => handler(input as never, context), { [definition]: { path, ...rest } })
  for (const [point, { handler, ...rest }] of Object.entries(lifecycle as Record<string, LifecycleDefinition<'workflow_execution'>>))
    handlers[`/${point}`] = Object.assign<HookHandler, object>((input, context) => handler(input, context), { [definition]: { point, ...rest } })
  return handlers
}
