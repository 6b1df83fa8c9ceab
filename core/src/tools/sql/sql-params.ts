import { SqlRefusal } from './sql-refusal.ts'
import type { SqlWord } from './sql-words.ts'

export type Params = unknown[] | Record<string, unknown>

const bare = (param: string) => param.replace(/^[:@$]/, '')
export const isNamed = (param: string) => /^[:@$][^\d]/.test(param)

/**
 * Refuses a query whose placeholders and values do not match one to one: an engine would take NULL for a value that is missing, and give a
 * wrong answer without a word.
 */
export function checkParams(words: SqlWord[], params: Params): void {
  const used = words.filter(({ kind }) => kind === 'param').map(({ text }) => text)
  if (!Array.isArray(params)) {
    const unnamed = used.find((each) => !isNamed(each))
    if (unnamed) throw new SqlRefusal(`params: must be a list, because the query has the placeholder ${unnamed}`)
    const names = new Set(used.map(bare))
    const given = new Set(Object.keys(params).map(bare))
    const missing = [...names].filter((name) => !given.has(name))
    if (missing.length > 0) throw new SqlRefusal(`params: there is no value for ${missing.map((name) => `:${name}`).join(', ')}`)
    const surplus = [...given].filter((name) => !names.has(name))
    if (surplus.length > 0) throw new SqlRefusal(`params: the query has no ${surplus.map((name) => `:${name}`).join(', ')}`)
    return
  }
  let most = 0
  const named = new Set<string>()
  for (const each of used) {
    if (isNamed(each)) {
      if (!named.has(each)) most++
      named.add(each)
    } else most = /\d/.test(each) ? Math.max(most, Number(each.slice(1))) : most + 1
  }
  if (named.size > 0 && params.length === 0)
    throw new SqlRefusal(`params: there is no value for ${[...named].map((name) => `:${bare(name)}`).join(', ')}`)
  if (most !== params.length)
    throw new SqlRefusal(
      `params: the query has ${count(most, 'placeholder')}, and there ${params.length === 1 ? 'is' : 'are'} ${count(params.length, 'value')}`,
    )
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`

/** The value of a named parameter, whose key may be written with or without its sign. */
export function namedValue(params: Record<string, unknown>, param: string): unknown {
  const key = Object.keys(params).find((each) => bare(each) === bare(param))
  return key === undefined ? null : params[key]
}
