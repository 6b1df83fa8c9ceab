type Rule = { sign: string; kind: 'one' | 'many' | 'self' }

function rulesOf(pattern: string): Rule[] {
  const rules: Rule[] = []
  const signs = [...pattern.toLowerCase()]
  for (let at = 0; at < signs.length; at++) {
    const sign = signs[at] as string
    const next = signs[at + 1]
    if (sign === '~' && next !== undefined && '*?~'.includes(next)) {
      rules.push({ sign: next, kind: 'self' })
      at++
    } else rules.push({ sign, kind: sign === '*' ? 'many' : sign === '?' ? 'one' : 'self' })
  }
  return rules
}

/** What stands between the stars of a pattern. */
export function wildcardParts(pattern: string): { sign: string; any: boolean }[][] {
  const parts: { sign: string; any: boolean }[][] = [[]]
  for (const rule of rulesOf(pattern)) {
    if (rule.kind === 'many') parts.push([])
    else parts.at(-1)?.push({ sign: rule.sign, any: rule.kind === 'one' })
  }
  return parts
}

/** Whole-text match with * and ?, without regard to case; ~ takes the next sign as it is. Time is the product of the lengths at worst. */
export function wildcard(pattern: string): (text: string) => boolean {
  const want = rulesOf(pattern)
  return (text) => {
    const have = [...text.toLowerCase()]
    let [p, t, star, mark] = [0, 0, -1, 0]
    while (t < have.length) {
      const rule = want[p]
      if (rule?.kind === 'many') {
        star = p++
        mark = t
      } else if (rule && (rule.kind === 'one' || rule.sign === have[t])) {
        p++
        t++
      } else if (star >= 0) {
        p = star + 1
        t = ++mark
      } else return false
    }
    while (want[p]?.kind === 'many') p++
    return p === want.length
  }
}

export const hasWildcard = (text: string): boolean => /[*?~]/.test(text)
