import { oc } from '@orpc/contract'
import { z } from 'zod'

/** `builtin` is the offline planner; `custom` is any OpenAI-compatible base URL. */
export const ProviderType = z.enum(['builtin', 'openai', 'anthropic', 'custom'])
export type ProviderType = z.infer<typeof ProviderType>

export const CreateProvider = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens')
    .max(50),
  type: ProviderType.exclude(['builtin']),
  base_url: z
    .url({ protocol: /^https?$/ })
    .max(1000)
    .optional(),
  api_key: z.string().min(1).max(1000).optional(),
  /** What `auto` means for this provider. */
  default_model: z.string().min(1).max(200).optional(),
})
export type CreateProvider = z.infer<typeof CreateProvider>

/** The key itself is never shown, only whether there is one and where it came from. */
export const Provider = z.object({
  id: z.string(),
  type: ProviderType,
  base_url: z.string().nullable(),
  default_model: z.string().nullable(),
  api_key: z.enum(['none', 'environment', 'stored']),
  source: z.enum(['builtin', 'environment', 'config', 'api']),
  usable: z.boolean(),
  /** Why it is not usable, and what to do. */
  reason: z.string().nullable(),
})
export type Provider = z.infer<typeof Provider>

const ProviderRef = z.strictObject({ id: z.string().min(1).max(100) })

export const providers = {
  list: oc
    .route({ method: 'GET', path: '/providers', summary: 'List the providers in the order in which `auto` tries them' })
    .output(z.object({ items: z.array(Provider), next_cursor: z.null() })),
  add: oc.route({ method: 'POST', path: '/providers', summary: 'Add a provider', successStatus: 201 }).input(CreateProvider).output(Provider),
  remove: oc
    .route({ method: 'DELETE', path: '/providers/{id}', summary: 'Remove a stored provider' })
    .input(ProviderRef)
    .output(z.object({ id: z.string(), deleted: z.literal(true) })),
  test: oc
    .route({ method: 'POST', path: '/providers/{id}/test', summary: 'Ask the provider for one short answer' })
    .input(ProviderRef.extend({ model: z.string().min(1).max(200).optional() }))
    .output(
      z.object({
        ok: z.boolean(),
        model: z.string().nullable(),
        latency_ms: z.number().nullable(),
        text: z.string().nullable(),
        error: z.string().nullable(),
      }),
    ),
}
