import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Instant, PageQuery, pageOf } from './page.ts'

const word = z.string().min(1).max(200)

export const ListAudit = PageQuery.extend({
  /** The id of a user or key; `local`, `system`, `public`. */
  actor: word.optional(),
  /** `connections.add`, or `connections` for all of them. */
  action: word.optional(),
  /** The id or name of what it was done to. */
  target: word.optional(),
  /** At or after. */
  from: Instant.optional(),
  /** Before. */
  to: Instant.optional(),
})
export type ListAudit = z.infer<typeof ListAudit>

/** Who did what to what. An entry is never changed; `hash` covers it and the one before it. */
export const AuditEntry = z.object({
  seq: z.number(),
  at: z.iso.datetime(),
  workspace_id: z.string(),
  actor_kind: z.string(),
  actor_id: z.string(),
  action: z.string(),
  target_type: z.string().nullable(),
  target_id: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()).nullable(),
  ip: z.string().nullable(),
  request_id: z.string().nullable(),
  previous_hash: z.string(),
  hash: z.string(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const AuditProblem = z.object({
  /** Where. */
  seq: z.number(),
  what: z.enum(['edited', 'missing', 'inserted', 'chain', 'head']),
  message: z.string(),
})
export type AuditProblem = z.infer<typeof AuditProblem>

export const AuditVerdict = z.object({
  ok: z.boolean(),
  /** How many were checked. */
  entries: z.number(),
  /** The oldest that retention left. */
  first_seq: z.number(),
  /** The newest, and its hash: noted elsewhere, they prove later that nothing up to here was taken back. */
  last_seq: z.number(),
  last_hash: z.string(),
  problems: z.array(AuditProblem),
})
export type AuditVerdict = z.infer<typeof AuditVerdict>

/** What `last_seq` and `last_hash` were at an earlier time. */
export const VerifyAudit = z
  .strictObject({
    seq: z.coerce.number().int().min(1).optional(),
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits')
      .optional(),
  })
  .refine(({ seq, hash }) => (seq === undefined) === (hash === undefined), { path: ['hash'], message: 'must come together with seq' })
export type VerifyAudit = z.infer<typeof VerifyAudit>

export const audit = {
  list: oc
    .route({ method: 'GET', path: '/audit', summary: 'List what was done, newest first; page through it to export it' })
    .input(ListAudit)
    .output(pageOf(AuditEntry)),
  verify: oc
    .route({ method: 'GET', path: '/audit/verify', summary: 'Check that no entry was changed, removed or inserted' })
    .input(VerifyAudit)
    .output(AuditVerdict),
}
