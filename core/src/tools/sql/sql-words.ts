/** A piece of SQL text; white space and comments are left out. `value` of a quoted name is what stands between its quotes. */
export type SqlWord = { kind: 'word' | 'name' | 'text' | 'number' | 'param' | 'sign'; text: string; value: string; at: number }
export type Dialect = 'sqlite' | 'duckdb' | 'postgres'

const space = /[\s\0]+/y
/** For Postgres and DuckDB a carriage return ends a comment as well. */
const comments: Record<Dialect, RegExp> = { sqlite: /--[^\n]*/y, duckdb: /--[^\n\r]*/y, postgres: /--[^\n\r]*/y }
const wordPattern = /[\p{L}_\u0080-\u{10ffff}][\p{L}\p{N}_$\u0080-\u{10ffff}]*/uy
const number = /(0x[0-9a-f]+|(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[+-]?\d+)?)/iy
const dollarQuote = /\$([A-Za-z_\u0080-\u{10ffff}][A-Za-z\d_\u0080-\u{10ffff}]*)?\$/uy
const params: Record<Dialect, RegExp> = {
  sqlite: /\?\d*|[:@$][\p{L}\p{N}_$\u0080-\u{10ffff}]+/uy,
  duckdb: /\?\d*|\$[\p{L}\p{N}_]+|:[\p{L}_][\p{L}\p{N}_]*/uy,
  postgres: /\?|\$\d+|:[\p{L}_][\p{L}\p{N}_]*/uy,
}

/**
 * Splits SQL as the engine would, as far as this is needed to count parameters, find names of functions, and see that nothing stands behind
 * a statement. What is refused is decided by the engines as well; nothing rests on this alone.
 */
export function sqlWords(sql: string, dialect: Dialect): SqlWord[] {
  const words: SqlWord[] = []
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(sql)?.[0]
  }
  const push = (kind: SqlWord['kind'], text: string, value = text) => {
    words.push({ kind, text, value, at })
    at += text.length
  }
  while (at < sql.length) {
    const skipped = match(space) ?? match(comments[dialect])
    if (skipped) at += skipped.length
    else if (sql.startsWith('/*', at)) at = endOfComment(sql, at, dialect !== 'sqlite')
    else {
      const sign = sql[at] as string
      const dollar = dialect !== 'sqlite' && sign === '$' ? match(dollarQuote) : undefined
      if (dollar) {
        const end = sql.indexOf(dollar, at + dollar.length)
        push('text', sql.slice(at, end < 0 ? sql.length : end + dollar.length))
      } else if (sign === "'") push('text', quoted(sql, at, "'", false))
      else if (dialect !== 'sqlite' && /^e'/i.test(sql.slice(at, at + 2))) push('text', `e${quoted(sql, at + 1, "'", true)}`)
      else if (sign === '"' || (dialect === 'sqlite' && (sign === '`' || sign === '['))) {
        const close = sign === '[' ? ']' : sign
        const text = sign === '[' ? sql.slice(at, endOf(sql, ']', at)) : quoted(sql, at, close, false)
        push('name', text, text.slice(1, -1).replaceAll(close + close, close))
      } else if (sql.startsWith('::', at)) push('sign', '::')
      else {
        const param = isSlice(words, dialect, sign) ? undefined : match(params[dialect])
        const word = param === undefined ? match(wordPattern) : undefined
        const digits = param === undefined && word === undefined ? match(number) : undefined
        if (param) push('param', param)
        else if (word) push('word', word, word.toLowerCase())
        else push(digits ? 'number' : 'sign', digits || sign)
      }
    }
  }
  return words
}

/** `a[1:n]`: there a colon begins no parameter. */
const isSlice = (words: SqlWord[], dialect: Dialect, sign: string) =>
  sign === ':' && dialect !== 'sqlite' && words.some(({ text }) => text === '[') && openBrackets(words) > 0
const openBrackets = (words: SqlWord[]) =>
  words.reduce((open, { text }) => open + (text === '[' || text === '{' ? 1 : text === ']' || text === '}' ? -1 : 0), 0)

const endOf = (sql: string, close: string, from: number) => {
  const end = sql.indexOf(close, from)
  return end < 0 ? sql.length : end + close.length
}

function endOfComment(sql: string, from: number, nested: boolean): number {
  if (!nested) return endOf(sql, '*/', from + 2)
  let depth = 1
  let at = from + 2
  while (at < sql.length && depth > 0) {
    const open = sql.startsWith('/*', at)
    const close = sql.startsWith('*/', at)
    depth += open ? 1 : close ? -1 : 0
    at += open || close ? 2 : 1
  }
  return at
}

function quoted(sql: string, from: number, quote: string, backslash: boolean): string {
  let at = from + 1
  while (at < sql.length) {
    if (backslash && sql[at] === '\\') at += 2
    else if (sql[at] !== quote) at++
    else if (sql[at + 1] === quote) at += 2
    else return sql.slice(from, at + 1)
  }
  return sql.slice(from)
}
