export type ReadData = { as: 'json' | 'csv' | 'text'; data: Record<string, unknown> | unknown[] }

/** What stands in the field for data, as the API takes it: an object or a list as it is, else the text under a name that says what it is. */
export function readData(text: string): ReadData | null {
  const trimmed = text.trim()
  if (trimmed === '') return null
  if (/^[[{]/.test(trimmed)) {
    try {
      return { as: 'json', data: JSON.parse(trimmed) }
    } catch {
      // Text that only begins like JSON.
    }
  }
  return isCsv(trimmed) ? { as: 'csv', data: { csv: trimmed } } : { as: 'text', data: { text: trimmed } }
}

/** At least two lines, with the same sign between cells in the first two. */
function isCsv(text: string) {
  const [first = '', second = ''] = text.split(/\r?\n/)
  return [',', ';', '\t', '|'].some((sign) => first.includes(sign) && second.includes(sign))
}
