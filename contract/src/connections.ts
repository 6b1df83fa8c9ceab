import { oc } from '@orpc/contract'
import { z } from 'zod'

export const CreateConnection = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$/, 'must be words of letters and digits joined by - or _')
    .max(50),
  /** `postgres://user:password@host:port/database`. It is stored sealed and never shown again. */
  url: z.string().min(1).max(4_000),
})
export type CreateConnection = z.infer<typeof CreateConnection>

/** A database that tools may read. The URL is not shown, for it holds the password. */
export const Connection = z.object({
  name: z.string(),
  type: z.literal('postgres'),
  host: z.string(),
  port: z.number(),
  database: z.string(),
  user: z.string().nullable(),
  /** Null where the URL can be read; else why not: it was sealed with another key. */
  problem: z.string().nullable(),
  created_at: z.iso.datetime(),
})
export type Connection = z.infer<typeof Connection>

const ConnectionRef = z.strictObject({ name: z.string().min(1).max(100) })

export const connections = {
  list: oc
    .route({ method: 'GET', path: '/connections', summary: 'List the database connections that tools may read' })
    .output(z.object({ items: z.array(Connection), next_cursor: z.null() })),
  add: oc
    .route({ method: 'POST', path: '/connections', summary: 'Add a database connection', successStatus: 201 })
    .input(CreateConnection)
    .output(Connection),
  remove: oc
    .route({ method: 'DELETE', path: '/connections/{name}', summary: 'Remove a database connection' })
    .input(ConnectionRef)
    .output(z.object({ name: z.string(), deleted: z.literal(true) })),
  test: oc
    .route({ method: 'POST', path: '/connections/{name}/test', summary: 'Connect to the database and ask for its version' })
    .input(ConnectionRef)
    .output(
      z.object({
        ok: z.boolean(),
        version: z.string().nullable(),
        /** Whether its user could write, were it not for us: one that only reads is the safer choice. */
        can_write: z.boolean().nullable(),
        latency_ms: z.number().nullable(),
        error: z.string().nullable(),
      }),
    ),
}
