import { columnName, expressionFrom } from './expressions.ts'
import { fieldIn, mentions, measures } from '../columns.ts'
import { isMoneyWord } from '../columns.ts'
import { plain, snake } from '../words.ts'
import { aggregateWords } from './aggregates.ts'
import { readConditions } from './conditions.ts'
import { columnsSentence, field, fieldList, onTable, problem, unquote, type Rule, type Scene, type Step } from './scene.ts'
import type { AggregateOp, Operation } from '../types.ts'

/** "fix the date formats", "normalise the dates to ISO", "convert order_date to ISO", "dates are day first". */
export const isoDates: Rule = (text, scene) => {
  const about =
    /\bdates?\b|\btimestamps?\b|\biso(?:[- ]?8601)?\b|yyyy-mm-dd/i.test(text) ||
    mentions(text, scene.columns).some((item) => item.column.kind === 'date')
  if (
    !about ||
    !/\b(?:fix|normali[sz]e|standardi[sz]e|convert|parse|format|change|transform|turn|clean|correct|make|unify|reformat|rewrite|put|harmoni[sz]e|use)\b/i.test(
      text,
    )
  )
    return undefined
  if (!/\biso\b|\bdates?\b|yyyy|8601|timestamps?/i.test(text) || /\b(?:between|days|sort(?:ed)?)\b/i.test(text)) return undefined
  const named = mentions(text, scene.columns).filter(
    (item) =>
      (item.column.kind === 'date' || item.column.words.some((word) => /^(?:date|day|time|data|at|on|birthday|dob)$/.test(word))) &&
      !/^dates$/i.test(item.said),
  )
  const plural = /\b(?:all|every|the) (?:the )?dates\b|\bdates\b(?! formats?)/i.test(text) && named.every((item) => item.how !== 'exact')
  const order = /\b(?:day[- ]first|european|dd[/.-]mm|dmy|uk format|british)\b/i.test(text)
    ? 'DMY'
    : /\b(?:month[- ]first|american|us format|mm[/.-]dd|mdy)\b/i.test(text)
      ? 'MDY'
      : null
  const target =
    /\b(?:to|as|into|in)\s+(?:the )?(?:format )?["'`]?((?:dd|d|mm|m|yyyy|yy|mmm|mmmm)(?:[-/. ](?:dd|d|mm|m|yyyy|yy|mmm|mmmm)){2})["'`]?/i.exec(
      text,
    )?.[1]
  const pattern = target && !/^yyyy-mm-dd$/i.test(target) ? target : null
  return onTable({
    type: 'iso_dates',
    fields: plural ? [] : [...new Set(named.map((item) => item.column.name))],
    order: pattern ? null : order,
    pattern,
  })
}

/** "remove duplicates by email". */
export const dedupe: Rule = (text, scene) => {
  if (!/\b(?:de-?dup(?:e|licate)?d?|duplicated?s?|repeated (?:rows|records|entries))\b|\b(?:keep|make)\b.*\bunique\b/i.test(text)) return undefined
  if (/\b(?:how many|count|find|show|list|are there)\b.*\bduplicate/i.test(text) && !/\bremove|drop|delete|without\b/i.test(text)) return undefined
  const by =
    /\b(?:by|based on|on|using|per|with the same|same|according to|for|in|of)\s+(?:the )?((?!the\b|all\b|rows\b)[^;]+?)(?:\s+(?:columns?|fields?|address(?:es)?))?$/i.exec(
      text.replace(/\b(?:from|in) (?:the|this|my) (?:data|csv|table|list|rows|file|dataset)\b/gi, ''),
    )?.[1]
  const leading = /\bduplicated?\s+(?!rows|records|entries|lines|values|data)([\w-]+)/i.exec(text)?.[1]
  const phrase = by ?? leading
  if (!phrase) return onTable({ type: 'dedupe', by: [] })
  const { fields, missing } = fieldList(phrase, scene)
  if (fields.length === 0 && leading && !by) return onTable({ type: 'dedupe', by: [] })
  return fields.length > 0
    ? onTable({ type: 'dedupe', by: fields })
    : problem(`There is no column "${missing.join('", "')}" to compare rows by. ${columnsSentence(scene)}`)
}

/** "rename x to y and z to w". */
export const rename: Rule = (text, scene) => {
  const match = /^(?:rename|relabel|change the name of|call)\s+(?:the )?(?:columns?|fields?|headers?)?\s*:?\s*(.+)$/i.exec(text)
  if (!match?.[1] || (/^call/i.test(text) && !/column|field/i.test(text))) return undefined
  const fields: Record<string, string> = {}
  for (const part of match[1].split(/\s*(?:,\s*(?:and\s+)?|;|\s+and\s+(?=\S+(?:\s\S+)?\s+(?:to|as|into|->|→)))\s*/i)) {
    const pair = /^(?:the )?(?:columns?|fields?)?\s*(.+?)\s+(?:columns?\s+|fields?\s+)?(?:to|as|into|->|=>|→|with)\s+(.+)$/i.exec(part)
    if (!pair) continue
    const found = field(unquote(pair[1] as string), scene)
    if (!found) return problem(`There is no column "${unquote(pair[1] as string)}" to rename. ${columnsSentence(scene)}`)
    fields[found.name] = unquote((pair[2] as string).replace(/\s+(?:columns?|fields?)$/i, ''))
  }
  return Object.keys(fields).length > 0 ? onTable({ type: 'rename', fields }) : undefined
}

/** "keep only columns a and b", "select name, email", "drop the notes column". */
export const columnsKept: Rule = (text, scene) => {
  const match =
    /^(select|keep|pick|extract|show|return|give me|list|display|output|drop|remove|delete|discard|exclude|get(?: rid of)?|include|hide|project)\s+(?:me\s+)?(?:only|just)?\s*(?:the )?(?:following )?(?:columns?|fields?)?\s*:?\s*(.+)$/i.exec(
      text,
    )
  if (!match?.[2]) return undefined
  const drops = /^(?:drop|remove|delete|discard|exclude|hide|get rid)/i.test(match[1] as string)
  const saysColumns = /\b(?:columns?|fields?)\b/i.test(text)
  const tail = /^(.*?\b(?:columns?|fields?))\s+(?:for|of|from|where|when|in|with|whose)\s+(.+)$/i.exec(match[2])
  const limited = tail && !drops ? readConditions(tail[2] as string, scene) : undefined
  if (tail && limited && limited.conditions.length > 0) {
    const { fields, missing } = fieldList((tail[1] as string).replace(/\b(?:columns?|fields?)\b/gi, ' '), scene)
    if (fields.length > 0 && missing.length === 0)
      return onTable({ type: 'filter', conditions: limited.conditions, match: limited.match, negate: false }, { type: 'select', fields })
  }
  const conditions = saysColumns ? undefined : readConditions(match[2], scene)
  const phrase = match[2]
    .replace(/\b(?:columns?|fields?)\b/gi, ' ')
    .replace(/\s+(?:from (?:the|this|my|each|every) .+|for (?:each|every|all) .+|of (?:each|every) .+|only)$/i, '')
  if (conditions && conditions.conditions.length > 0) {
    // "show name and email of customers in Lisbon": a filter and a choice of columns.
    const { fields, missing } = fieldListStrict(
      conditions.rest.replace(
        /\s+of\s+(?:the |all |those |these )*(?:people|everyone|staff|[\p{L}]+s)(?:\s+(?:who|that|which)(?:\s+(?:are|is|have|has))?)?\s*$/iu,
        '',
      ),
      scene,
    )
    if (drops || fields.length === 0 || missing > 0 || /^(?:keep|include|project)/i.test(text)) return undefined
    // "show orders above 100" over a column "order" means whole rows; "the names of ..." means names.
    if (fields.length === 1 && !/\sof\s/i.test(conditions.rest) && !/\b(?:names?|emails?|only|just)\b/i.test(conditions.rest + match[0]))
      return undefined
    return onTable({ type: 'filter', conditions: conditions.conditions, match: conditions.match, negate: false }, { type: 'select', fields })
  }
  const { fields, missing } = fieldList(phrase, scene)
  const strict = fieldListStrict(phrase, scene)
  if (saysColumns)
    return fields.length > 0 && missing.length === 0
      ? onTable(drops ? { type: 'drop', fields } : { type: 'select', fields })
      : problem(`There is no column "${missing.join('", "')}". ${columnsSentence(scene)}`)
  if (strict.fields.length === 0 || strict.missing > 0) return undefined
  return onTable(drops ? { type: 'drop', fields: strict.fields } : { type: 'select', fields: strict.fields })
}

/** Counts the words that are neither columns nor joints, so that "show orders of customers" is no list of columns. */
function fieldListStrict(phrase: string, scene: Scene): { fields: string[]; missing: number } {
  const named = mentions(phrase, scene.columns)
  let rest = phrase
  for (const item of named.toReversed()) rest = `${rest.slice(0, item.start)} ${rest.slice(item.end)}`
  const left =
    rest
      .match(/[\p{L}\p{N}]+/gu)
      ?.filter((word) => !/^(?:and|the|only|just|their|its|of|for|each|every|all|also|then|s|rows?|records?|it|them|me)$/i.test(word)) ?? []
  return { fields: [...new Set(named.map((item) => item.column.name))], missing: left.length }
}

/** "fill missing ages with 0", "replace empty city with 'Unknown'", "fill blanks in price with the average". */
export const fill: Rule = (text, scene) => {
  const match =
    /^(?:fill|replace|set|impute|substitute|complete)\s+(?:in\s+)?(?:the\s+|all\s+|any\s+)*(?:(?:missing|empty|blank|null|nan)s?(?:\s+(?:values?|cells?|entries))?)\s*(?:in|of|for|from)?\s*(?:the\s+)?(.*?)\s*(?:values?|column|field)?\s+(?:with|by|to|using|as)\s+(.+)$/i.exec(
      text,
    ) ?? /^(?:fill)\s+(?:the\s+)?(.+?)\s+(?:with|by|using)\s+(.+)$/i.exec(text)
  if (!match) return undefined
  const phrase = (match[1] ?? '').replace(/\b(?:missing|empty|blank|null|values?|cells?|all|columns?|in|the)\b/gi, ' ').trim()
  const { fields, missing } = fieldList(phrase, scene)
  if (phrase && fields.length === 0) return problem(`There is no column "${missing.join('", "')}" to fill. ${columnsSentence(scene)}`)
  const filler = (match[2] as string).trim()
  const target = fields.length > 0 ? fields : scene.columns.filter((column) => column.filled < scene.rows.length).map((column) => column.name)
  const said = plain(unquote(filler))
  const quoted = /^["'`“]/.test(filler)
  const method = quoted
    ? 'value'
    : /\b(?:mean|average|avg)\b/.test(said)
      ? 'mean'
      : /\bmedian\b/.test(said)
        ? 'median'
        : /\b(?:mode|most (?:common|frequent))\b/.test(said)
          ? 'mode'
          : /\b(?:previous|last|prior|above)\b|forward/.test(said)
            ? 'previous'
            : /\bnext\b|backward/.test(said)
              ? 'next'
              : 'value'
  if (method !== 'value') return onTable({ type: 'fill', fields: target, method })
  const number = /^-?\d+(?:\.\d+)?$/.test(said) ? Number(said) : said === 'zero' ? 0 : undefined
  return onTable({ type: 'fill', fields: target, method: 'value', value: quoted ? unquote(filler) : (number ?? unquote(filler)) })
}

const TYPES: [RegExp, string][] = [
  [/^(?:numbers?|numeric|floats?|decimals?|floating)/i, 'number'],
  [/^(?:integers?|ints?|whole)/i, 'integer'],
  [/^(?:text|strings?)/i, 'string'],
  [/^(?:booleans?|bools?|true\/false)/i, 'boolean'],
]

/** "convert amount to a number". */
export const cast: Rule = (text, scene) => {
  const match =
    /^(?:convert|cast|change|make|turn|parse|treat|set)\s+(?:the\s+)?(.+?)\s+(?:column\s+|field\s+|type\s+)?(?:to|into|as|be)?\s*(?:an?\s+)?(numbers?|numeric|floats?|decimals?|integers?|ints?|text|strings?|booleans?|bools?)(?:\s+(?:type|values?|column))?$/i.exec(
      text,
    )
  if (!match) return undefined
  const type = TYPES.find(([pattern]) => pattern.test(match[2] as string))?.[1]
  const { fields } = fieldList((match[1] as string).replace(/\b(?:columns?|fields?|type of|values?)\b/gi, ' '), scene)
  return type && fields.length > 0 ? onTable({ type: 'cast', fields: Object.fromEntries(fields.map((name) => [name, type])) }) : undefined
}

const TEXT_FUNCTIONS: [RegExp, string][] = [
  [/\b(?:upper ?case|uppercase|capital letters|all caps)\b/i, 'UPPER'],
  [/\b(?:lower ?case|lowercase|small letters)\b/i, 'LOWER'],
  [/\b(?:title ?case|proper case|capitali[sz]e[ds]?)\b/i, 'PROPER'],
  [/\b(?:trim(?:med)?|strip(?:ped)?)\b/i, 'TRIM'],
]

/** "add a column total = price * quantity", "round price to 2 decimals", "uppercase the names", "increase price by 10%". */
export const addColumn: Rule = (text, scene) => {
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
    /^(?:upper|lower|title|proper|capital|convert|make|change|turn|trim|strip|transform|put|format)/i.test(text)
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

/** "join customers with orders on id". */
export const join: Rule = (text, scene) => {
  if (!/\b(?:join|merge|combine|match|link|enrich)\b/i.test(text) || scene.tables.length < 2) return undefined
  const named = scene.tables
    .map((table) => ({
      table,
      at: plain(text).search(
        new RegExp(
          `\\b${plain(table.name)
            .replace(/[^\p{L}\p{N}]+/gu, '\\W*')
            .replace(/s$/, '')}s?\\b`,
          'u',
        ),
      ),
    }))
    .filter((item) => item.at >= 0)
    .sort((a, b) => a.at - b.at)
  const left = named[0]?.table ?? scene.tables[0]
  const right = named[1]?.table ?? scene.tables.find((table) => table !== left)
  if (!left || !right) return undefined
  const kind = /\bleft\b/i.test(text) ? 'left' : /\bright\b/i.test(text) ? 'right' : /\b(?:full|outer)\b/i.test(text) ? 'full' : 'inner'
  const quiet = (table: { columns: Scene['columns'] }) => ({ columns: table.columns, assume: () => {} })
  const on = /\b(?:on|using|by|where|via|matching|through)\s+(?:the\s+)?(.+)$/i.exec(text)?.[1]?.replace(/\bin\s+\w+$/i, '')
  const parts = (on ?? '').split(/\s*(?:==?|\bequals\b|\bto\b|\bwith\b|\bmatches\b|\band\b)\s*/i).map((part) =>
    part
      .replace(/^\w+\.(?=\w)/, '')
      .replace(/\b(?:columns?|fields?|same|common)\b/gi, '')
      .trim(),
  )
  const exact = (table: { columns: Scene['columns'] }, said: string) => table.columns.find((column) => plain(column.name) === plain(said))?.name
  const one = parts[0] ? (exact(left, parts[0]) ?? keyFor(parts[0], left, right) ?? field(parts[0], quiet(left))?.name) : undefined
  const two = parts[1] ? (exact(right, parts[1]) ?? field(parts[1], quiet(right))?.name) : parts[0] ? pairFor(parts[0], one, left, right) : undefined
  const shared = left.columns.filter((column) => right.columns.some((other) => other.name === column.name)).map((column) => column.name)
  const guess = shared.find((name) => /id$|key|email|code/i.test(name)) ?? (shared.length === 1 ? shared[0] : undefined) ?? undefined
  const reference = one || guess ? undefined : referenceBetween(left, right)
  const leftKey = one ?? guess ?? reference?.left
  const rightKey = two ?? (one && right.columns.some((column) => column.name === one) ? one : undefined) ?? guess ?? reference?.right
  if (!leftKey || !rightKey)
    return problem(
      `On which columns should ${left.name} and ${right.name} be joined? ${left.name} has ${left.columns.map((column) => column.name).join(', ')}; ${right.name} has ${right.columns.map((column) => column.name).join(', ')}.`,
    )
  return onTable({ type: 'join', left: left.name, right: right.name, leftKey, rightKey, kind })
}

type TableView = Scene['tables'][number]

/** "on id" between customers(id) and orders(id, customer_id) means customers.id = orders.customer_id. */
function pairFor(said: string, leftKey: string | undefined, left: TableView, right: TableView): string | undefined {
  const reference = /^id$/i.test(said) ? referenceBetween(left, right) : undefined
  if (reference && reference.left === leftKey) return reference.right
  const same = right.columns.find((column) => plain(column.name) === plain(leftKey ?? said))
  return same?.name ?? fieldIn(said, right.columns)?.column.name
}

function keyFor(said: string, left: TableView, right: TableView): string | undefined {
  // "on customer_id" where the left table calls it id.
  const other = right.columns.find((column) => plain(column.name) === plain(said))
  return other ? referenceBetween(left, right)?.left : undefined
}

function referenceBetween(left: TableView, right: TableView): { left: string; right: string } | undefined {
  const names = (table: TableView) => plain(table.name).replace(/s$/, '')
  const id = (table: TableView) => table.columns.find((column) => column.words.join(' ') === 'id')?.name
  const foreign = (table: TableView, to: TableView) =>
    table.columns.find((column) => column.words.join('') === `${names(to)}id` || column.words.join('') === names(to))?.name
  const [leftId, rightId] = [id(left), id(right)]
  const [rightForeign, leftForeign] = [foreign(right, left), foreign(left, right)]
  if (leftId && rightForeign) return { left: leftId, right: rightForeign }
  return rightId && leftForeign ? { left: leftForeign, right: rightId } : undefined
}

/** "pivot sales by region and quarter", "pivot table of average score with class as rows and month as columns". */
export const pivot: Rule = (text, scene) => {
  if (!/\b(?:pivot|cross-?tab(?:ulate|ulation)?)\b/i.test(text) || /\bunpivot\b/i.test(text)) return undefined
  const hit = aggregateWords(text)[0]
  const rowsSaid =
    /\b(?:with\s+)?([\w ]+?)\s+(?:as|in|on|down) (?:the )?(?:rows?|index)\b/i.exec(text)?.[1] ??
    /\brows?\s*[:=]\s*([\w ]+)/i.exec(text)?.[1] ??
    /\bindex(?:ed)?(?: by)?\s*[:=]?\s*([\w ]+)/i.exec(text)?.[1]
  const columnsSaid =
    /\b(?:and\s+)?([\w ]+?)\s+(?:as|in|on|across|into|to) (?:the )?columns?\b/i.exec(text.replace(/.*\b(?:rows?|index)\b/i, ''))?.[1] ??
    /\bcolumns?\s*[:=]\s*([\w ]+)/i.exec(text)?.[1]
  const by = /\b(?:by|per|over|across|on)\s+(.+?)(?:\s+(?:with|using|showing|and show)\b.*)?$/i.exec(text)?.[1]
  const group = by ? fieldList(by.replace(/\s+(?:vs\.?|versus|against)\s+/i, ' and '), scene) : { fields: [], missing: [] }
  const index = (rowsSaid ? mentions(rowsSaid, scene.columns).at(-1)?.column.name : undefined) ?? group.fields[0]
  const column = (columnsSaid ? mentions(columnsSaid, scene.columns).at(-1)?.column.name : undefined) ?? group.fields.find((name) => name !== index)
  const used = new Set([index, column])
  const before = by ? text.slice(0, text.indexOf(by)) : text
  const values =
    (
      mentions(before, measures(scene.columns)).find((item) => !used.has(item.column.name)) ??
      mentions(text, measures(scene.columns)).find((item) => !used.has(item.column.name))
    )?.column ?? spokenMeasure(before, scene, used)
  if (!index || !column || !values)
    return problem(
      `To pivot I need a column for the rows, one for the columns and one of numbers: "pivot <numbers> by <rows> and <columns>". ${columnsSentence(scene)}`,
    )
  const aggregate: AggregateOp = hit && hit.op !== 'mode' ? hit.op : 'sum'
  return onTable({ type: 'pivot', index: [index], column, values: values.name, aggregate })
}

function spokenMeasure(text: string, scene: Scene, used: Set<string | undefined>) {
  const free = { columns: measures(scene.columns).filter((column) => !used.has(column.name)), assume: scene.assume }
  const said = text.match(/[\p{L}_]+/gu)?.filter((word) => isMoneyWord(word) || fieldIn(word, free.columns)) ?? []
  return (said[0] ? field(said[0], free) : undefined) ?? (free.columns.length === 1 ? free.columns[0] : undefined)
}

/** "unpivot jan, feb and mar into month and amount". */
export const unpivot: Rule = (text, scene) => {
  if (!/\b(?:unpivot|melt|wide to long)\b/i.test(text)) return undefined
  const into = /\b(?:into|to|as)\s+(?:columns?\s+)?["'`]?(\w+)["'`]?\s*(?:and|,|\/)\s*["'`]?(\w+)["'`]?\s*(?:columns?)?$/i.exec(text)
  const body = into ? text.slice(0, into.index) : text
  const kept = /\b(?:keep(?:ing)?|except|id(?: column)?s?:?)\s+(.+)$/i.exec(body)
  const keep = kept ? fieldList(kept[1] as string, scene).fields : []
  const named = mentions(kept ? body.slice(0, kept.index) : body, scene.columns).map((item) => item.column.name)
  const fields =
    named.length > 0 ? named : scene.columns.filter((column) => column.kind === 'number' && !keep.includes(column.name)).map((column) => column.name)
  const rest = scene.columns.map((column) => column.name).filter((name) => !fields.includes(name))
  return onTable({ type: 'unpivot', fields, keep: keep.length > 0 ? keep : rest, name: into?.[1] ?? 'name', value: into?.[2] ?? 'value' })
}

/** "what share of the total does each region have?" */
export const share: Rule = (text, scene) => {
  if (!/\b(?:share|percent(?:age)?s?|proportion|%)\b/i.test(text) || !/\b(?:of (?:the )?(?:total|all|overall)|by|per|each|share)\b/i.test(text))
    return undefined
  const by =
    /\b(?:by|per|for each|(?:does|do|did) (?:each|every)|each|every)\s+(?:the )?([\w -]+?)(?:\s+(?:have|has|make|makes|contribute\w*|account|represent\w*|hold|of)\b.*)?$/i.exec(
      text,
    )?.[1]
  const group = by ? fieldList(by, scene).fields : []
  if (group.length === 0) return undefined
  const measure =
    mentions(text, measures(scene.columns)).find((item) => !group.includes(item.column.name))?.column ?? spokenMeasure(text, scene, new Set(group))
  const counts =
    /\b(?:of (?:all )?(?:rows|orders|customers|records|employees|people|items|users))\b/i.test(text) && !mentions(text, measures(scene.columns))[0]
  return onTable({ type: 'share', by: group, field: counts || !measure ? null : measure.name })
}

export const rowsKept: Rule = (text, scene) => {
  const match =
    /^(?:(keep|filter|only|show|return|give|list|find|get|select|display|take|extract|fetch|which|who|retain|print|output|where|what)|(remove|drop|delete|exclude|discard|ignore|filter out|get rid of|eliminate|leave out|skip|without))\b\s*(?:out\s+)?(.*)$/i.exec(
      text,
    )
  if (!match) return undefined
  const negate = match[2] !== undefined || /^filter\s+out\b/i.test(text)
  const target = scene.grouped
  const grouped = target && groupCondition(match[3] ?? '', scene)
  if (grouped) return grouped
  const where = readConditions(match[3] ?? '', scene)
  if (where.conditions.length === 0) {
    if (where.problem) return problem(where.problem)
    const empty = /\b(?:empty|blank|missing|null|incomplete)\b/i.test(text) && /\b(?:rows?|lines?|records?|values?|data)\b/i.test(text)
    if (negate && empty) {
      if (/\b(?:missing|null|incomplete|any|values?|data)\b/i.test(text) && !/\b(?:empty|blank) (?:rows|lines)\b/i.test(text))
        return onTable({
          type: 'filter',
          conditions: scene.columns.map((column) => ({ field: column.name, op: 'empty' as const })),
          match: 'any',
          negate: true,
        })
      return onTable({
        type: 'filter',
        conditions: scene.columns.map((column) => ({ field: column.name, op: 'empty' as const })),
        match: 'all',
        negate: true,
      })
    }
    return undefined
  }
  return onTable({ type: 'filter', conditions: where.conditions, match: where.match, negate })
}

/** "keep only those above 1000" after a grouping is about the groups. */
function groupCondition(text: string, scene: Scene): Step[] | undefined {
  const group = scene.grouped
  if (!group) return undefined
  const where = readConditions(text, { ...scene, columns: group.columns, rows: group.rows })
  const ofTable = readConditions(text, { ...scene, grouped: undefined, assume: () => {} })
  const inGroup = where.conditions.length > 0 && where.conditions.every((item) => group.columns.some((column) => column.name === item.field))
  if (!inGroup || ofTable.conditions.length > where.conditions.length) return undefined
  const operation: Operation = { type: 'filter', conditions: where.conditions, match: where.match, negate: false }
  return [{ operation, on: 'group' }]
}
