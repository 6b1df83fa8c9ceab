import { z } from 'zod'

/** Newest first. `cursor` is the `next_cursor` of the page before; it is opaque and stays valid while rows come and go. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().min(1).max(500).optional(),
})

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() })
}
export type Page<T> = { items: T[]; next_cursor: string | null }

/** An instant at the doors, such as 2024-03-05T10:15:00.000Z. The database keeps integer milliseconds. */
export const Instant = z.iso.datetime({ offset: true })
