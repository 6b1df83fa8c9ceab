import type { AuditEntry, ListAudit } from '@cadre/contract/audit'
import { infiniteQueryOptions } from '@tanstack/react-query'
import { client } from '../../lib/api.ts'
import type { AuditSearch } from './audit-search.ts'

const dayMs = 86_400_000

/** Days of the one who looks, as instants: the last day is shown whole. */
function asked({ from, to, ...words }: AuditSearch): Omit<ListAudit, 'limit'> {
  const midnight = (day: string) => new Date(`${day}T00:00:00`)
  return {
    ...words,
    from: from && midnight(from).toISOString(),
    to: to && new Date(midnight(to).getTime() + dayMs).toISOString(),
  }
}

export function auditQuery(search: AuditSearch) {
  return infiniteQueryOptions({
    queryKey: ['audit', search],
    queryFn: ({ pageParam, signal }) => client.audit.list({ ...asked(search), cursor: pageParam, limit: 50 }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  })
}

/** All entries that fit, newest first, as a row of JSON each. `onRead` is told how many there are so far. */
export async function exportAudit(search: AuditSearch, onRead: (count: number) => void, signal: AbortSignal): Promise<Blob> {
  const rows: string[] = []
  let cursor: string | undefined
  do {
    const page: { items: AuditEntry[]; next_cursor: string | null } = await client.audit.list({ ...asked(search), cursor, limit: 200 }, { signal })
    for (const entry of page.items) rows.push(`${JSON.stringify(entry)}\n`)
    onRead(rows.length)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return new Blob(rows, { type: 'application/x-ndjson' })
}
