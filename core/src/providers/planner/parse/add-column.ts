import { columnName, expressionFrom } from './expressions.ts'
import { fieldIn, mentions } from '../columns.ts'
import { plain, snake } from '../words.ts'
import { aggregateWords } from './aggregates.ts'
import { readConditions } from './conditions.ts'
import { datePart } from './date-parts.ts'
import { columnsSentence, field, fieldList, onTable, problem, unquote, type Rule, type Scene, type Step } from './scene.ts'

const TEXT_FUNCTIONS: [RegExp, string][] = [
  [/\b(?:upper ?case|uppercase|capital letters|all caps)\b/i, 'UPPER'],
  [/\b(?:lower ?case|lowercase|small letters)\b/i, 'LOWER'],
  [/\b(?:title ?case|proper case|capitali[sz]e[ds]?)\b/i, 'PROPER'],
  [/\b(?:trim(?:med)?|strip(?:ped)?)\b/i, 'TRIM'],
]

/** "add a column total = price * quantity", "round price to 2 decimals", "uppercase the names", "increase price by 10%". */
export const addColumn: Rule = (text, scene) => {
  const part =
    /^(?:add|create|extract|make|get|derive)\s+(?:an?\s+|the\s+)?(?:new\s+)?(?:column|field)?\s*(?:(?:called|named)\s+["'`]?(\w+)["'`]?\s*)?(?:with|for|containing|showing|that is|as|=)?\s*(?:the\s+)?(year|month|quarter|weekday|day of the week)\s+(?:of|from|in)\s+(?:the\s+)?([\w ]+?)(?:\s+column)?$/i.exec(
      text,
    )
  const dated = part && field(part[3] as string, scene)
  const piece = part && dated ? datePart(part[2] as string, { columns: [dated], rows: scene.rows }) : undefined
  if (part && piece)
    return onTable(...piece.before.map((operation) => (operation.type === 'add_column' && part[1] ? { ...operation, name: part[1] } : operation)))
  const made = percentColumn(text, scene) ?? namedColumn(text, scene)
  if (made) return made
  const round =
    /^round\s+(?:the\s+)?(.+?)\s+(?:to|at)\s+(\d+|the nearest (?:integer|whole number)|whole numbers?|integers?|two|one|three)\s*(?:decimals?|decimal places?|digits|places)?/i.exec(
      text,
    )
  const rounded = round && field(round[1] as string, scene)
  if (rounded)
    return replaced(
      rounded.name,
      `ROUND(${columnName(rounded.name)}, ${/^\d+$/.test(round[2] as string) ? round[2] : ({ one: 1, two: 2, three: 3 }[plain(round[2] as string)] ?? 0)})`,
    )
  const letters = TEXT_FUNCTIONS.find(([pattern]) => pattern.test(text))
  const lettered = letters && mentions(text.replace(letters[0], ' '), scene.columns).filter((item) => item.column.kind === 'text')
  if (
    letters &&
    lettered &&
    lettered.length > 0 &&
    /^(?:upper|lower|title|proper|capital|normali[sz]e|standardi[sz]e|rewrite|convert|make|change|turn|trim|strip|transform|put|format)/i.test(text)
  ) {
    return lettered.flatMap((item) => replaced(item.column.name, `${letters[1]}(${columnName(item.column.name)})`))
  }
  const shift =
    /^(add|subtract)\s+([\d.]+)\s*(%|percent)?\s+(?:to|from)\s+(?:(?:every|each|all)(?:\s+the)?|the)\s+(.+?)(?:\s+(?:column|values?))?$/i.exec(text)
  const shifted = shift && field(shift[4] as string, scene)
  if (shift && shifted && shifted.kind === 'number') {
    const [sign, name] = [/add/i.test(shift[1] as string) ? '+' : '-', columnName(shifted.name)]
    return replaced(shifted.name, shift[3] ? `${name} * (1 ${sign} ${shift[2]} / 100)` : `${name} ${sign} ${shift[2]}`)
  }
  const change = /^(increase|raise|decrease|reduce|lower|multiply|divide)\s+(?:the\s+|all\s+|every\s+)*(.+?)\s+by\s+([\d.]+)\s*(%|percent)?$/i.exec(
    text,
  )
  const changed = change && field(change[2] as string, scene)
  if (change && changed && changed.kind === 'number') {
    const [, verb = '', , amount = '', percent] = change
    const name = columnName(changed.name)
    const up = /increase|raise/i.test(verb)
    const expression = /multiply/i.test(verb)
      ? `${name} * ${amount}${percent ? ' / 100' : ''}`
      : /divide/i.test(verb)
        ? `${name} / ${amount}`
        : percent
          ? `${name} * (1 ${up ? '+' : '-'} ${amount} / 100)`
          : `${name} ${up ? '+' : '-'} ${amount}`
    return replaced(changed.name, expression)
  }
  return undefined
}

function replaced(name: string, expression: string): Step[] {
  return onTable({ type: 'add_column', name, expression, replaces: true })
}

/** `"high" if amount > 100 else "low"`. */
function conditional(said: string, scene: Scene): string | undefined {
  const match =
    /^(?:=\s*)?["']?([\w .-]+?)["']?\s+(?:if|when|where|for)\s+(.+?),?\s+(?:else|otherwise|and otherwise|or else|and)\s+["']?([\w .-]+?)["']?(?:\s+otherwise|\s+for (?:the )?(?:rest|others))?$/i.exec(
      said,
    )
  const where = match && readConditions(match[2] as string, scene)
  if (!match || !where || where.conditions.length === 0 || where.conditions.some((item) => item.figure)) return undefined
  const signs: Record<string, string> = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' }
  const parts = where.conditions.map(({ field: name, op, value }) =>
    op === 'empty'
      ? `ISBLANK(${columnName(name)})`
      : op === 'not_empty'
        ? `NOT ISBLANK(${columnName(name)})`
        : signs[op]
          ? `${columnName(name)} ${signs[op]} ${literal(value)}`
          : undefined,
  )
  if (parts.some((part) => part === undefined)) return undefined
  return `IF(${parts.join(where.match === 'all' ? ' and ' : ' or ')}, ${literal(asValue(match[1] as string))}, ${literal(asValue(match[3] as string))})`
}

const asValue = (said: string) => (/^-?\d+(?:\.\d+)?$/.test(said.trim()) ? Number(said) : said.trim())
const literal = (value: unknown) =>
  typeof value === 'number' || typeof value === 'boolean' ? String(value) : `"${String(value).replaceAll('"', '""')}"`

/** "add a 20% VAT column called vat based on unit_price". */
function percentColumn(text: string, scene: Scene): Step[] | undefined {
  const match = new RegExp(
    `^${MAKES}\\s+(?:an?\\s+|the\\s+)?(?:new\\s+)?(?:column\\s+(?:with\\s+|for\\s+|of\\s+)?(?:an?\\s+)?)?(\\d+(?:\\.\\d+)?)\\s*(?:%|percent)\\s+([\\p{L}_][\\p{L}\\p{N}_ ]*?)(?:\\s+column|\\s+field)?(?:\\s+(?:called|named|as)\\s+["'\`]?([\\p{L}_][\\p{L}\\p{N}_]*)["'\`]?)?\\s+(?:based on|on(?: top of)?|of|from|to|for)\\s+(?:the\\s+)?(.+)$`,
    'iu',
  ).exec(text)
  const base = match && field(match[4] as string, scene)
  if (!match || !base || base.kind !== 'number') return undefined
  return onTable({
    type: 'add_column',
    name: match[3] ?? snake((match[2] as string).replace(/\b(?:column|field)\b/gi, '')),
    expression: `${columnName(base.name)} * ${match[1]} / 100`,
    replaces: false,
  })
}

const MAKES = '(?:add|create|append|compute|calculate|make|insert|derive|define|include)'

function namedColumn(text: string, scene: Scene): Step[] | undefined {
  const patterns = [
    new RegExp(
      `^${MAKES}\\s+(?:me\\s+)?(?:an?|the|another|one)?\\s*(?:new\\s+|extra\\s+|calculated\\s+|computed\\s+)*(?:column|field)\\s+(?:called\\s+|named\\s+|for\\s+(?:the\\s+)?)?["'\`]?([\\p{L}_][\\p{L}\\p{N}_ -]*?)["'\`]?\\s*(?:=|:=|:|\\bas\\b|\\bthat (?:is|equals|contains|has)\\b|\\bwhich (?:is|equals)\\b|\\bequal to\\b|\\bwith\\b|\\bfrom\\b|\\bby\\b|\\bcontaining\\b|\\bbeing\\b|\\bdefined as\\b|\\bcomputed as\\b)\\s*(.+)$`,
      'iu',
    ),
    new RegExp(
      `^${MAKES}\\s+(?:an?|the)?\\s*(?:new\\s+)?["'\`]?([\\p{L}_][\\p{L}\\p{N}_ -]*?)["'\`]?\\s+(?:column|field)\\s*(?:=|:|,|\\bas\\b|\\bthat (?:is|equals|contains)\\b|\\bwhich (?:is|equals)\\b|\\bequal to\\b|\\bwith\\b|\\bfrom\\b|\\bby\\b|\\bof\\b)?\\s*(.+)$`,
      'iu',
    ),
    new RegExp(`^(?:${MAKES}\\s+)?(?:an?\\s+|the\\s+)?["'\`]?([\\p{L}_][\\p{L}\\p{N}_ ]*?)["'\`]?\\s*=\\s*(.+)$`, 'iu'),
    new RegExp(`^${MAKES}\\s+(?:an?\\s+|the\\s+)?["'\`]?([\\p{L}_][\\p{L}\\p{N}_ ]*?)["'\`]?\\s+(?:as|by multiplying|\\()\\s*(.+?)\\)?$`, 'iu'),
  ]
  for (const [at, pattern] of patterns.entries()) {
    const match = pattern.exec(text)
    if (!match) continue
    const name = unquote(match[1] as string)
      .replace(/^(?:the|a|an|new|for each row|each row's)\s+/i, '')
      .trim()
    const said = (match[2] as string)
      .replace(/^multiplying\s+(.+?)\s+(?:by|and|with)\s+/i, '$1 * ')
      .replace(/^dividing\s+(.+?)\s+by\s+/i, '$1 / ')
      .replace(/^adding\s+(.+?)\s+(?:to|and)\s+/i, '$1 + ')
      .replace(/^subtracting\s+(.+?)\s+from\s+(.+)$/i, '$2 - $1')
    if (!name || name.split(/\s+/).length > 4) continue
    const expression =
      conditional(said, scene) ?? expressionFrom(said.replace(/\s+(?:for|in|to) (?:each|every) (?:row|record|line|order|item)$/i, ''), scene.columns)
    if (!expression || (at > 1 && !/[-+*/^&(]/.test(expression))) {
      if (at === 0) return problem(`I could not read "${said}" as a formula over the columns. ${columnsSentence(scene)}`)
      continue
    }
    const written = /\s/.test(name) && scene.columns.every((column) => !/\s/.test(column.name)) ? snake(name) : name
    const known = scene.columns.find((column) => plain(column.name) === plain(written))
    return onTable({ type: 'add_column', name: known?.name ?? written, expression, replaces: known !== undefined })
  }
  const product =
    /^(multiply|divide|subtract|add)\s+(?:the\s+)?(.+?)\s+(by|and|with|from|to)\s+(?:the\s+)?(.+?)(?:\s+(?:as|into|to get|giving|in a column|called|named)\s+(?:a\s+|an\s+|the\s+)?(?:new\s+)?(?:column\s+)?(?:called\s+|named\s+)?["'`]?([\w ]+?)["'`]?)?$/i.exec(
      text,
    )
  if (!product) return undefined
  const [, verb = '', left = '', joint = '', right = '', as] = product
  const [one, two] = [fieldIn(left, scene.columns)?.column, fieldIn(right, scene.columns)?.column]
  if (!one || !two || one === two) return undefined
  const operator = { multiply: '*', divide: '/', subtract: '-', add: '+' }[verb.toLowerCase() as 'add']
  const [first, second] = /from/i.test(joint) ? [two, one] : [one, two]
  return onTable({
    type: 'add_column',
    name: as
      ? snake(as)
      : snake(`${first.name} ${verb === 'multiply' ? 'times' : verb === 'divide' ? 'per' : verb === 'add' ? 'plus' : 'minus'} ${second.name}`),
    expression: `${columnName(first.name)} ${operator} ${columnName(second.name)}`,
    replaces: false,
  })
}

/** "total of price * quantity": the product is summed without a column of its own. */
export const sumOfExpression: Rule = (text, scene) => {
  const hit = aggregateWords(text)[0]
  if (!hit || !/[*×/+]|\btimes\b|\bmultiplied\b|\bminus\b|\bplus\b/i.test(text.slice(hit.end))) return undefined
  const bracketed = /\(([^()]*[-+*/×][^()]*)\)/.exec(text.slice(hit.end))?.[1]
  const said = bracketed
    ? `${bracketed} ${/\b(?:by|per|for each)\s+.+$/i.exec(text.slice(text.indexOf(bracketed) + bracketed.length))?.[0] ?? ''}`
    : text
        .slice(hit.end)
        .replace(/^\s*(?:of|the|for)?\s*[:(]?\s*/i, '')
        .replace(/\)\s*$/, '')
  const [body = '', by] = said.split(/\s+(?:by|per|for each)\s+/i)
  const expression = expressionFrom(body, scene.columns)
  if (!expression || !/[-+*/]/.test(expression) || mentions(body, scene.columns).length < 1) return undefined
  const group = by ? fieldList(by, scene) : { fields: [], missing: [] }
  if (group.missing.length > 0) return undefined
  const name = scene.columns.some((column) => column.name === 'value') ? 'computed_value' : 'value'
  return onTable(
    { type: 'add_column', name, expression, replaces: false },
    { type: 'aggregate', by: group.fields, aggregates: [{ op: hit.op, field: name }] },
  )
}
