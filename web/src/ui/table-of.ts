export type Table = { columns: string[]; rows: (string | number | boolean | null)[][] }

export const isPlain = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value)

/** Rows that a table shows better than JSON does: a list of flat objects; or null. */
export function tableOf(value: unknown): Table | null {
  if (!Array.isArray(value) || value.length === 0) return null
  const columns = new Set<string>()
  for (const row of value) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return null
    for (const [name, cell] of Object.entries(row)) {
      if (!isPlain(cell)) return null
      columns.add(name)
    }
  }
  if (columns.size === 0 || columns.size > 40) return null
  const names = [...columns]
  return { columns: names, rows: value.map((row) => names.map((name) => row[name] ?? null)) }
}

/** An answer of a few parts, one of which at least is a table: then each part is shown by itself. */
export function sectionsOf(value: unknown): [name: string, part: unknown][] | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const parts = Object.entries(value)
  return parts.length <= 8 && parts.some(([, part]) => tableOf(part) !== null || isFigures(part))
    ? parts.map(([name, part]) => [name, isFigures(part) ? [part] : part])
    : null
}

/** Several plain values by name, such as totals. */
function isFigures(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0 && Object.values(value).every(isPlain)
}
