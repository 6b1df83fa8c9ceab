import { z } from 'zod'
import { LifecycleHooks } from './lifecycle-hooks.ts'

/**
 * What a tool does to the world, which decides what happens to a call that a crash interrupted:
 * `read` and `idempotent` run again, `keyed` runs again with the same Idempotency-Key, `once` becomes uncertain.
 */
export const Effect = z.enum(['read', 'idempotent', 'keyed', 'once'])
export type Effect = z.infer<typeof Effect>

/** Kinds of data that a run reads. One that has read both may be made to hand the first to whoever wrote the second. */
export const DataLabel = z.enum(['private', 'untrusted'])
export type DataLabel = z.infer<typeof DataLabel>

/** A JSON Schema (draft 2020-12 or 7) whose root describes an object. It is compiled when the plugin is registered. */
export const JsonSchema = z.record(z.string(), z.unknown())
export type JsonSchema = z.infer<typeof JsonSchema>

/** Which fields of the input become which part of an HTTP request. A field that is named nowhere is not sent. */
const HookRequestShape = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
  /** Put behind base_url; `{name}` stands for the field `name`. */
  path: z.string().regex(/^\//, 'must begin with /').max(1_000),
  parameters: z
    .array(
      z.strictObject({
        field: z.string().max(200),
        in: z.enum(['path', 'query', 'header', 'cookie']),
        name: z.string().max(200),
        /** As OpenAPI 3 has them (style, explode). */
        style: z.enum(['simple', 'form', 'label', 'matrix', 'spaceDelimited', 'pipeDelimited', 'deepObject']),
        explode: z.boolean(),
      }),
    )
    .max(200)
    .default([]),
  body: z
    .strictObject({
      field: z.string().max(200),
      content_type: z.string().max(200),
    })
    .optional(),
})

export const HookEndpoint = z.strictObject({
  path: z
    .string()
    .regex(/^\/[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, 'must be like /parse_dates')
    .max(100),
  description: z.string().max(2000).default(''),
  effect: Effect.default('once'),
  /** `always`: a person approves each call that an agent makes. Not for what only reads. `never` where it is left out. */
  approval: z.enum(['never', 'always']).optional(),
  /** What its output may hold: data that strangers must not see, or what strangers wrote. As the runtime needs where it is left out: data-labels.ts. */
  reads: z.array(DataLabel).max(2).optional(),
  /** Whether what the input holds can reach others. As the runtime needs where it is left out. */
  leaves_machine: z.boolean().optional(),
  input: JsonSchema.default({ type: 'object' }),
  output: JsonSchema.optional(),
  /** Worked calls, shown in the catalogue and run by the plugin's own test. */
  examples: z.array(z.strictObject({ title: z.string().optional(), input: z.unknown(), output: z.unknown().optional() })).optional(),
  /** http only: how the call is sent, where it is not `POST base_url + path` with the input as JSON. */
  request: HookRequestShape.optional(),
  /** mcp only: the tool's name on its server, and the hash of what was approved. */
  mcp: z.strictObject({ tool: z.string().max(500), hash: z.string().max(100) }).optional(),
})
export type HookEndpoint = z.infer<typeof HookEndpoint>

const Headers = z.record(z.string().max(200), z.string().max(8_000))
const HttpUrl = z.url({ protocol: /^https?$/ })

export const HookRuntime = z.discriminatedUnion('type', [
  /** Handlers that run in threads of the server: code that the operator trusts, installed as a folder. */
  z.strictObject({ type: z.literal('embedded'), entry: z.string().default('./index.ts') }),
  /** A service that is already running. */
  z.strictObject({ type: z.literal('http'), base_url: HttpUrl, headers: Headers.optional() }),
  /** Handlers that run in the sandbox: `source` when it is registered, `entry` when it is a folder. */
  z.strictObject({
    type: z.literal('code'),
    language: z.enum(['typescript', 'javascript']).default('typescript'),
    source: z.string().min(1).max(2_000_000).optional(),
    entry: z.string().optional(),
  }),
  /** A server of the Model Context Protocol; its tools are the endpoints, pinned as they were when somebody approved them. */
  z.strictObject({
    type: z.literal('mcp'),
    transport: z.discriminatedUnion('type', [
      z.strictObject({
        type: z.literal('stdio'),
        command: z.string().min(1).max(1_000),
        args: z.array(z.string().max(4_000)).max(100).default([]),
        env: z.record(z.string().max(200), z.string().max(8_000)).optional(),
      }),
      z.strictObject({ type: z.literal('http'), url: HttpUrl, headers: Headers.optional() }),
    ]),
  }),
  /** A container that the server starts through the Docker API and talks to by lines of JSON on stdin and stdout. */
  z.strictObject({
    type: z.literal('container'),
    image: z.string().min(1).max(500),
    command: z.array(z.string().max(4_000)).max(100).optional(),
    env: z.record(z.string().max(200), z.string().max(8_000)).optional(),
    cpus: z.number().min(0.01).max(64).default(1),
    pids: z.int().min(1).max(10_000).default(64),
  }),
])
export type HookRuntime = z.infer<typeof HookRuntime>

/** `forgehook.json`: the law of one plugin. What it does not grant, the runtime refuses. */
export const Manifest = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens')
    .max(40),
  name: z.string().min(1).max(100),
  version: z.string().regex(/^\d+\.\d+\.\d+([-+].+)?$/, 'must be a semantic version like 1.0.0'),
  description: z.string().max(2000).default(''),
  runtime: HookRuntime,
  /** May be left out where they are found out: from the tools of an MCP server, or from the definitions in code. */
  endpoints: z.array(HookEndpoint).max(1_000).default([]),
  /** Where it is called in the life of messages and runs, once a workspace switches that on. */
  lifecycle: LifecycleHooks.optional(),
  /** A JSON Schema of an object: what a workspace may set for its lifecycle hooks. */
  options: JsonSchema.optional(),
  permissions: z
    .strictObject({
      /**
       * Host names, addresses or CIDR blocks it may reach, with an optional port (`api.example.com`, `127.0.0.1:9000`, `10.0.0.0/8`);
       * `*` for every public address and what the operator allows beside it (CADRE_PRIVATE_HOSTS); `settings:url` for the host of the URL
       * that the operator set under that name.
       */
      network: z.array(z.string().max(300)).max(100).default([]),
      /** Names of the operator's file roots that it may read, `*` for all. */
      files: z.array(z.string().max(100)).max(100).default([]),
      /** Names of the operator's secrets that it may see. */
      secrets: z.array(z.string().max(100)).max(100).default([]),
      /** Names of stored database connections that it may read, `*` for all. */
      databases: z.array(z.string().max(100)).max(100).default([]),
      /** Whether it may keep values of its own. */
      store: z.boolean().default(false),
    })
    .prefault({}),
  limits: z
    .strictObject({
      timeout_ms: z.int().min(1).max(3_600_000).default(30_000),
      memory_mb: z.int().min(16).max(16_384).default(512),
      output_bytes: z.int().min(1).max(100_000_000).default(10_000_000),
    })
    .prefault({}),
})
export type Manifest = z.infer<typeof Manifest>
export type ManifestInput = z.input<typeof Manifest>

/** `data-transform` + `/csv_to_json` -> `data-transform__csv_to_json`, the name by which a model calls an endpoint. */
export function toolName(hookId: string, path: string) {
  return `${hookId}__${path.replace(/^\//, '').replaceAll('/', '_')}`
}
