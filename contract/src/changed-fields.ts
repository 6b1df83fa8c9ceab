type Fields = Record<string, unknown>

/** The fields whose values differ, settings by themselves: `system_prompt`, `config.max_steps`. */
export function changedFields(before: Fields, after: Fields, path = ''): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].sort().flatMap((name) => {
    const [from, to] = [before[name], after[name]]
    if (path === '' && name === 'config') return changedFields((from ?? {}) as Fields, (to ?? {}) as Fields, 'config.')
    return isSame(from, to) ? [] : [`${path}${name}`]
  })
}

/** As JSON, whatever the order of the fields. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false
  const [ofA, ofB] = [entriesOf(a), entriesOf(b)]
  return ofA.length === ofB.length && ofA.every(([name, value]) => Object.hasOwn(b, name) && isSame(value, (b as Fields)[name]))
}

function entriesOf(value: object) {
  return Object.entries(value).filter(([, each]) => each !== undefined)
}
