import { HookError } from '@cadre/contract/forgehook'
import type { compile, tokenize } from '@jmespath-community/jmespath'

type Compile = typeof compile
type Token = ReturnType<typeof tokenize>[number]

export const syntax = (message: string) => new HookError(`is not JMESPath: ${message}`, 'expression')

const ENDS = /^(?:UnquotedIdentifier|QuotedIdentifier|Rbracket|Rparen|Rbrace|Literal|Current|Root|Flatten|Variable)$/
const BEGINS = /^(?:UnquotedIdentifier|QuotedIdentifier|Literal|Current|Root|Lbrace|Expref|Variable)$/

/** What the library reads without a word although it is no JMESPath: items without a comma between them, and `=` for `==`. */
export function refuseMisread(tokens: Token[]) {
  const lets = tokens.some(({ type, value }) => type === 'UnquotedIdentifier' && value === 'let')
  for (const [index, token] of tokens.entries()) {
    const before = tokens[index - 1]
    const at = `at character ${token.start + 1}`
    if (token.type === 'Assign' && before?.type !== 'Variable') throw syntax(`"=" ${at} is not expected there; to compare, write ==`)
    if (!lets && before && ENDS.test(before.type) && BEGINS.test(token.type))
      throw syntax(`${JSON.stringify(token.value)} ${at} is not expected there; something has to stand before it, such as a comma or a dot`)
    if (token.type === 'Colon' && before?.value === '__proto__')
      throw syntax(`__proto__ before character ${token.start + 1} cannot be the name of a member`)
  }
}

/** The library does not say where; the shortest beginning that fails for another reason than its end ends in the culprit. */
export function syntaxProblem(compiled: Compile, text: string, expression: string, error: unknown): HookError {
  if (error instanceof RangeError) return new HookError('is nested too deep', 'expression')
  const complaint = (length: number): string | undefined => {
    const beginning = text.slice(0, length)
    if (insideQuotes(beginning)) return undefined
    try {
      compiled(beginning)
      return undefined
    } catch (failure) {
      const { message } = failure as Error
      return /\bEOF\b|empty/i.test(message) ? undefined : message
    }
  }
  const message = (error as Error).message
  if (complaint(text.length) === undefined) return syntax(`it ends too early, at character ${expression.length + 1}${wanted(message)}`)
  let [good, bad] = [0, text.length]
  while (bad - good > 1) {
    const middle = (good + bad) >> 1
    if (complaint(middle) === undefined) good = middle
    else bad = middle
  }
  const token = /(?:[A-Za-z_]\w*|-?\d+|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|&&|\|\||[<>=!]=|.)$/s.exec(text.slice(0, bad))?.[0] ?? ''
  const word = /^[A-Za-z_]/.test(token) ? token + (/^\w*/.exec(text.slice(bad))?.[0] ?? '') : token
  // Backslashes of raw strings were doubled in the text.
  const before = text.slice(0, bad - token.length).replaceAll(/'(?:[^'\\]|\\.)*'/gs, (raw) => raw.replaceAll('\\\\\\\\', '\\\\'))
  const start = before.length + 1
  const found = complaint(bad) ?? message
  if (token.startsWith('`')) return syntax(`the literal ${token} at character ${start} is not JSON; text goes in '...', as in [?name == 'Ann']`)
  if (token.startsWith('"') && /JSON|literal/i.test(found))
    return syntax(`the name ${token} at character ${start} has an escape that JSON does not know`)
  return syntax(`${JSON.stringify(word)} at character ${start} is not expected there${wanted(found)}`)
}

function insideQuotes(text: string): boolean {
  return /["'`]/.test(text.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/gs, ''))
}

const TOKENS: Record<string, string> = {
  Rbracket: '"]"',
  Rparen: '")"',
  Rbrace: '"}"',
  Colon: '":"',
  Comma: '","',
  Star: 'an index, a slice or "*"',
  Lparen: '"("',
  Number: 'a number',
  UnquotedIdentifier: 'a name',
  QuotedIdentifier: 'a name',
}

function wanted(message: string): string {
  const named = /expected:? (\w+)/.exec(message)?.[1]
  return named && TOKENS[named] ? `; ${TOKENS[named]} would go on from there` : ''
}
