export type AuditSearch = { actor?: string; action?: string; target?: string; from?: string; to?: string }

const day = /^\d{4}-\d{2}-\d{2}$/

/** What the address says of the audit log that is shown. Days are days of the one who looks. */
export function readAuditSearch(search: Record<string, unknown>): AuditSearch {
  const text = (name: string) => {
    const value = search[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const date = (name: string) => (day.test(text(name) ?? '') ? text(name) : undefined)
  return { actor: text('actor'), action: text('action'), target: text('target'), from: date('from'), to: date('to') }
}
