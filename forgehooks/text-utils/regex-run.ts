export type Job = { action: 'match' | 'replace' | 'split' | 'test'; source: string; flags: string; text: string; replacement: string; limit: number }
export type Found = { value: string; start: number; end: number; groups: (string | null)[]; named: Record<string, string | null> }
export type Done =
  | { action: 'match'; matches: Found[]; truncated: boolean }
  | { action: 'test'; matched: boolean }
  | { action: 'replace'; text: string; count: number }
  | { action: 'split'; parts: (string | null)[]; truncated: boolean }

/** What the pattern does, however long it takes. `flags` hold g (or y). */
export function run({ action, source, flags, text, replacement, limit }: Job): Done {
  const pattern = new RegExp(source, flags)
  switch (action) {
    case 'test':
      return { action, matched: pattern.test(text) }
    case 'match': {
      const matches: Found[] = []
      for (const found of text.matchAll(pattern)) {
        if (matches.length === limit) return { action, matches, truncated: true }
        matches.push(described(found))
      }
      return { action, matches, truncated: false }
    }
    case 'replace':
      return { action, ...replaced(pattern, text, replacement, limit) }
    case 'split':
      return { action, ...parted(pattern, text, limit) }
  }
}

function described(found: RegExpExecArray): Found {
  const names = Object.entries(found.groups ?? {}).map(([name, value]): [string, string | null] => [name, value ?? null])
  return {
    value: found[0],
    start: found.index,
    end: found.index + found[0].length,
    groups: found.slice(1).map((group) => group ?? null),
    named: Object.fromEntries(names),
  }
}

function replaced(pattern: RegExp, text: string, replacement: string, limit: number): { text: string; count: number } {
  let [count, result, at] = [0, '', 0]
  for (const found of text.matchAll(pattern)) {
    if (count === limit) break
    count++
    result += text.slice(at, found.index) + filled(replacement, found, text)
    at = found.index + found[0].length
  }
  return { text: result + text.slice(at), count }
}

/** $1, $<name>, $&, $`, $' and $$, as String.replace has them. A group that took no part is empty. */
function filled(replacement: string, found: RegExpExecArray, text: string): string {
  return replacement.replace(
    /\$(?:([$&`'])|(\d{1,2})|<([^>]*)>)/g,
    (whole, sign: string | undefined, digits: string | undefined, name: string | undefined) => {
      if (sign === '$') return '$'
      if (sign === '&') return found[0]
      if (sign === '`') return text.slice(0, found.index)
      if (sign === "'") return text.slice(found.index + found[0].length)
      if (name !== undefined) return found.groups ? (found.groups[name] ?? '') : whole
      const number = Number(digits)
      if (number >= 1 && number < found.length) return found[number] ?? ''
      const first = Number((digits as string)[0])
      return (digits as string).length === 2 && first >= 1 && first < found.length ? (found[first] ?? '') + (digits as string).slice(1) : whole
    },
  )
}

function parted(pattern: RegExp, text: string, limit: number): { parts: (string | null)[]; truncated: boolean } {
  const parts: (string | null)[] = []
  let [at, pieces] = [0, 1]
  if (text === '') return { parts: pattern.exec('')?.[0] === '' ? [] : [''], truncated: false }
  for (const found of text.matchAll(pattern)) {
    const end = found.index + found[0].length
    // An empty match parts letters, but gives no empty piece at either end.
    if (found[0] === '' && (found.index === at || found.index >= text.length)) continue
    if (pieces === limit) return { parts: [...parts, text.slice(at)], truncated: true }
    parts.push(text.slice(at, found.index), ...found.slice(1).map((group) => group ?? null))
    pieces++
    at = end
  }
  return { parts: [...parts, text.slice(at)], truncated: false }
}
