import { z } from 'zod'

/**
 * What a tool does to the world, which decides what happens to a call that a crash interrupted:
 * `read` and `idempotent` run again, `keyed` runs again with the same Idempotency-Key, `once` becomes uncertain.
 */
export const Effect = z.enum(['read', 'idempotent', 'keyed', 'once'])
export type Effect = z.infer<typeof Effect>

/** A JSON Schema (draft 2020-12 or 7) whose root describes an object. It is compiled when the plugin is registered. */
export const JsonSchema = z.record(z.string(), z.unknown())
export type JsonSchema = z.infer<typeof JsonSchema>

export const HookEndpoint = z.strictObject({
  path: z
    .string()
    .regex(/^\/[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*$/, 'must be like /parse_dates')
    .max(100),
  description: z.string().max(2000).default(''),
  effect: Effect.default('once'),
  input: JsonSchema.default({ type: 'object' }),
  output: JsonSchema.optional(),
  /** Worked calls, shown in the catalogue and run by the plugin's own test. */
  examples: z.array(z.strictObject({ title: z.string().optional(), input: z.unknown(), output: z.unknown().optional() })).optional(),
})
export type HookEndpoint = z.infer<typeof HookEndpoint>

export const HookRuntime = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('embedded'), entry: z.string().default('./index.ts') }),
  z.strictObject({ type: z.literal('http'), base_url: z.url({ protocol: /^https?$/ }), headers: z.record(z.string(), z.string()).optional() }),
])

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
  endpoints: z.array(HookEndpoint).min(1).max(100),
  permissions: z
    .strictObject({
      /** Host names, addresses or CIDR blocks it may reach, with an optional port (`api.example.com`, `127.0.0.1:9000`, `10.0.0.0/8`). */
      network: z.array(z.string().max(300)).default([]),
      files: z.array(z.string().max(1000)).default([]),
      secrets: z.array(z.string().max(100)).default([]),
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

/** What a handler of an embedded ForgeHook is given beside its input (which already passed the endpoint's schema). */
export type HookContext = {
  /** Aborted when the run is cancelled or out of time. A handler that ignores it is ended from outside. */
  signal: AbortSignal
  /** The moment the call was first made, in milliseconds; the same on every repetition of the call. */
  now: number
  /** The same on every repetition of the call: what a `keyed` tool hands to the service behind it. */
  idempotencyKey: string
}
// oxlint-disable-next-line typescript/no-explicit-any -- the type of the input is the endpoint's JSON Schema, which TypeScript cannot see
export type HookHandler = (input: any, context: HookContext) => unknown
/** The default export of an embedded plugin's entry: endpoint path to handler. */
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

/** `data-transform` + `/csv_to_json` -> `data-transform__csv_to_json`, the name by which a model calls an endpoint. */
export function toolName(hookId: string, path: string) {
  return `${hookId}__${path.replace(/^\//, '').replaceAll('/', '_')}`
}
