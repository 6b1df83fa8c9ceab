import { oc } from '@orpc/contract'
import { z } from 'zod'
import { LifecycleState, SwitchLifecycle } from './lifecycle.ts'
import { Effect, HookEndpoint, Manifest } from './manifest.ts'
import { Instant } from './page.ts'
import { ExportHooks, HooksFile, HooksImported, ImportHooks } from './plugin-transfer.ts'

/** What the server behind a plugin offers now and nobody approved yet. Tools that changed or are gone are refused until somebody does. */
export const PendingChange = z.object({
  /** Names this very offer: an approval is for it and for no later one. */
  hash: z.string(),
  seen_at: Instant,
  changes: z.array(z.object({ tool: z.string(), change: z.enum(['added', 'changed', 'removed']), description: z.string() })),
})
export type PendingChange = z.infer<typeof PendingChange>

export const Plugin = Manifest.extend({
  endpoints: z.array(HookEndpoint.extend({ tool: z.string() })),
  /** Bundled plugins come with Cadre and cannot be removed. */
  bundled: z.boolean(),
  created_at: Instant.nullable(),
  pending: PendingChange.nullable(),
})
export type Plugin = z.infer<typeof Plugin>

const id = z.string().min(1).max(100)
const PluginRef = z.strictObject({ id })

/** One file that `cadre plugins pack` makes: everything of a ForgeHook, its dependencies included, to be installed without a network. */
export const HookBundle = z.strictObject({
  format: z.literal('cadre-hook-1'),
  /** Its runtime is `code`, with the source in it. */
  manifest: Manifest,
  /** What was bundled into the source: package, version, and integrity as npm writes it, where it is known. */
  lock: z.array(z.strictObject({ name: z.string().max(300), version: z.string().max(100), integrity: z.string().max(300).nullable() })).max(2_000),
  /** SHA-256 in hex of the JSON text of `{manifest, lock}` as it is written here. */
  checksum: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'),
})
export type HookBundle = z.infer<typeof HookBundle>

export const ImportOpenapi = z
  .strictObject({
    /** The plugin's id; made from the document's title where it is left out. */
    id: Manifest.shape.id.optional(),
    /** Where the document is. One of `url` and `document` is needed. */
    url: z.url({ protocol: /^https?$/ }).optional(),
    /** The document itself: an object, or JSON or YAML text. */
    document: z.union([z.record(z.string(), z.unknown()), z.string().max(5_000_000)]).optional(),
    /** operationIds, or `GET /pets`; all where it is left out. */
    operations: z.array(z.string().min(1).max(500)).min(1).max(1_000).optional(),
    /** Where the service is, instead of the document's first server. */
    base_url: z.url({ protocol: /^https?$/ }).optional(),
    headers: z.record(z.string().max(200), z.string().max(8_000)).optional(),
    /** Only say which operations there are and what they would become. */
    preview: z.boolean().default(false),
  })
  .refine(({ url, document }) => (url === undefined) !== (document === undefined), { path: ['url'], message: 'give either url or document' })
export type ImportOpenapi = z.infer<typeof ImportOpenapi>

const Operation = z.object({
  operation: z.string(),
  path: z.string(),
  description: z.string(),
  effect: Effect,
  /** Why it cannot become a tool; null where it can. */
  problem: z.string().nullable(),
})

export const plugins = {
  list: oc
    .route({ method: 'GET', path: '/plugins', summary: 'List the ForgeHooks' })
    .output(z.object({ items: z.array(Plugin), next_cursor: z.null() })),
  get: oc.route({ method: 'GET', path: '/plugins/{id}', summary: 'Read one ForgeHook' }).input(PluginRef).output(Plugin),
  add: oc
    .route({ method: 'POST', path: '/plugins', summary: 'Register a ForgeHook by its manifest: http, code, mcp or container', successStatus: 201 })
    .input(Manifest)
    .output(Plugin),
  install: oc
    .route({ method: 'POST', path: '/plugins/install', summary: 'Install a packed ForgeHook, or a newer version of it', successStatus: 201 })
    .input(HookBundle)
    .output(Plugin),
  export: oc
    .route({ method: 'POST', path: '/plugins/export', summary: 'Registered ForgeHooks as a file, without the values of headers and variables' })
    .input(ExportHooks)
    .output(HooksFile),
  import: oc
    .route({ method: 'POST', path: '/plugins/import', summary: 'Register the ForgeHooks of a file, or see what that would do' })
    .input(ImportHooks)
    .output(HooksImported),
  importOpenapi: oc
    .route({ method: 'POST', path: '/plugins/openapi', summary: 'Make a ForgeHook of an OpenAPI 3 document', successStatus: 201 })
    .input(ImportOpenapi)
    .output(z.object({ plugin: Plugin.nullable(), operations: z.array(Operation) })),
  remove: oc
    .route({ method: 'DELETE', path: '/plugins/{id}', summary: 'Remove a registered ForgeHook' })
    .input(PluginRef)
    .output(z.object({ id: z.string(), deleted: z.literal(true) })),
  refresh: oc
    .route({ method: 'POST', path: '/plugins/{id}/refresh', summary: 'Ask an MCP server again what it offers' })
    .input(PluginRef)
    .output(Plugin),
  approve: oc
    .route({ method: 'POST', path: '/plugins/{id}/approve', summary: 'Approve what an MCP server offers now' })
    .input(z.strictObject({ id, hash: z.string().min(1).max(100) }))
    .output(Plugin),
  lifecycle: oc
    .route({
      method: 'GET',
      path: '/plugins/{id}/lifecycle',
      summary: 'What a ForgeHook does in the life of messages and runs here, and how it went',
    })
    .input(PluginRef)
    .output(LifecycleState),
  switchLifecycle: oc
    .route({ method: 'PUT', path: '/plugins/{id}/lifecycle', summary: 'Switch the lifecycle hooks of a ForgeHook on or off in this workspace' })
    .input(PluginRef.extend(SwitchLifecycle.shape))
    .output(LifecycleState),
  invoke: oc
    .route({ method: 'POST', path: '/plugins/{id}/endpoints/{path}/invoke', summary: 'Try one endpoint by hand' })
    .input(
      z.strictObject({
        id,
        /** Without the first slash; a slash within it is written %2F, or as the underscore of its tool name. */
        path: z.string().min(1).max(200),
        input: z.record(z.string(), z.unknown()).default({}),
        /** Check everything and say what would be done, without doing it. */
        dry_run: z.boolean().default(false),
      }),
    )
    .output(
      z.object({
        tool: z.string(),
        effect: Effect,
        dry_run: z.boolean(),
        /** null in a dry run. */
        output: z.unknown(),
        /** What would be done; null unless in a dry run. */
        would: z.unknown(),
        duration_ms: z.number(),
      }),
    ),
}

export const tools = {
  search: oc
    .route({ method: 'GET', path: '/tools/search', summary: 'Find tools by what they do' })
    .input(
      z.strictObject({
        q: z.string().trim().min(1).max(500),
        limit: z.coerce.number().int().min(1).max(100).default(10),
      }),
    )
    .output(
      z.object({
        items: z.array(
          z.object({
            tool: z.string(),
            plugin: z.string(),
            path: z.string(),
            description: z.string(),
            effect: Effect,
            input: z.record(z.string(), z.unknown()),
            score: z.number(),
          }),
        ),
        next_cursor: z.null(),
      }),
    ),
}
