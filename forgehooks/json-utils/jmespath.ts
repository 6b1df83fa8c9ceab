import { HookError } from '@cadre/contract/forgehook'
import { refuseMisread, syntax, syntaxProblem } from './jmespath-syntax.ts'
import { isObject, setMember, type JsonObject } from './json-value.ts'

type Library = typeof import('@jmespath-community/jmespath')
type Expref = Parameters<Library['TreeInterpreter']['visit']>[0]
type Json = Parameters<Library['search']>[0]

let loaded: Promise<Library> | undefined

/** JMESPath (jmespath.org, with the community's arithmetic and `let`). Undefined never comes out: what is not there is null. */
export async function searchJmespath(data: unknown, expression: string): Promise<unknown> {
  const library = await (loaded ??= load())
  const text = rawStrings(expression)
  try {
    library.compile(text)
  } catch (error) {
    throw syntaxProblem(library.compile, text, expression, error)
  }
  refuseMisread(library.tokenize(text))
  try {
    return library.search(bare(data) as Json, text)
  } catch (error) {
    if (error instanceof HookError) throw error
    if (error instanceof RangeError) throw new HookError(`is too deep or asks for too much: ${error.message}`, 'expression')
    throw new HookError(inWords((error as Error).message), 'expression')
  }
}

/**
 * Some functions of the library are more lenient than the standard, and give an answer where there is none; its sorting puts negative
 * numbers in the order of their texts, and does not keep the order of equals.
 */
async function load(): Promise<Library> {
  const library = await import('@jmespath-community/jmespath')
  const { TYPE_ANY, TYPE_ARRAY, TreeInterpreter } = library
  const TYPE_EXPREF = 6
  const overItems = (name: string, work: (keyed: Keyed[]) => Json) =>
    library.register(
      name as string,
      ([items, by]) =>
        work(
          comparable(
            name,
            (items as Json[]).map((item) => ({ item, key: TreeInterpreter.visit(by as Expref, item) as unknown })),
          ),
        ),
      [{ types: [TYPE_ARRAY] }, { types: [TYPE_EXPREF] }],
      { override: true },
    )
  const best = (keyed: Keyed[], sign: 1 | -1) =>
    keyed.reduce<Keyed | undefined>((found, one) => (found && sign * inOrder(one, found) <= 0 ? found : one), undefined)?.item ?? null
  overItems('max_by', (keyed) => best(keyed, 1))
  overItems('min_by', (keyed) => best(keyed, -1))
  overItems('sort_by', (keyed) => keyed.toSorted(inOrder).map(({ item }) => item))
  const sort: string = 'sort'
  library.register(
    sort,
    ([items]) =>
      comparable(
        sort,
        (items as Json[]).map((item) => ({ item, key: item })),
      )
        .toSorted(inOrder)
        .map(({ item }) => item),
    [{ types: [TYPE_ARRAY] }],
    { override: true },
  )
  const toNumber: string = 'to_number'
  library.register(
    toNumber,
    ([value]) => {
      if (typeof value === 'number') return value
      return typeof value === 'string' && /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(value) ? Number(value) : null
    },
    [{ types: [TYPE_ANY] }],
    { override: true },
  )
  return library
}

type Keyed = { item: Json; key: string | number }

function comparable(name: string, items: { item: Json; key: unknown }[]): Keyed[] {
  const kind = typeof items[0]?.key
  for (const { key } of items) {
    if (typeof key !== 'number' && typeof key !== 'string')
      throw new HookError(`${name}() needs numbers or texts to compare, not ${key === null ? 'null' : typeof key}`, 'expression')
    if (typeof key !== kind) throw new HookError(`${name}() cannot compare text with numbers`, 'expression')
  }
  return items as Keyed[]
}

/** Text by its code points, as the standard has it. */
function inOrder({ key: a }: Keyed, { key: b }: Keyed): number {
  if (typeof a === 'number' || typeof b === 'number') return Number(a) - Number(b)
  const [left, right] = [codesOf(a), codesOf(b)]
  const at = left.findIndex((code, index) => code !== right[index])
  return at < 0 || at >= right.length ? left.length - right.length : (left[at] as number) - (right[at] as number)
}
const codesOf = (text: string) => Array.from(text, (sign) => sign.codePointAt(0) as number)

/** Without a prototype, of which the library would read `constructor` and `__proto__`. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare)
  if (!isObject(value)) return value
  const copy = Object.create(null) as JsonObject
  for (const [name, item] of Object.entries(value)) setMember(copy, name, bare(item))
  return copy
}

/**
 * In a raw string of jmespath.org only \' is an escape; the community's grammar takes \\ for one too, so it is written twice.
 * Quotes that are never closed are found here, because the library takes the rest of the text for the string.
 */
function rawStrings(expression: string): string {
  let written = ''
  for (let at = 0; at < expression.length;) {
    const quote = expression[at] as string
    if (quote !== "'" && quote !== '"' && quote !== '`') {
      written += quote
      at++
      continue
    }
    let end = at + 1
    while (end < expression.length && expression[end] !== quote) end += expression[end] === '\\' ? 2 : 1
    if (end >= expression.length) throw syntax(`the ${quote} that opens at character ${at + 1} is never closed`)
    const inside = expression.slice(at, end + 1)
    written += quote === "'" ? inside.replace(/\\\\/g, String.raw`\\\\`) : inside
    at = end + 1
  }
  return written
}

/** The library names what it got in the words of its own code. */
function inWords(message: string): string {
  if (message === 'not-a-number: undefined')
    return 'arithmetic needs numbers; a name with a sign in it is written in double quotes, as in "first-name"'
  return message
    .replace(/^Invalid (?:type|value|arity): /, '')
    .replace(/^Unknown function: (\w+)\(\)$/, 'there is no function $1()')
    .replace(/Array<(\w+)>/g, 'array of $1')
    .replace(/type \(([^)]*)\)/, (_, types: string) => types.replaceAll(' | ', ' or '))
    .replace('to be ', 'to be of type ')
    .replace(/ but received type (.*?) instead\.?$/, ', not $1')
}
