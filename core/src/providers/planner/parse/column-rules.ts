import { mentions } from '../columns.ts'
import { plain } from '../words.ts'
import { readConditions } from './conditions.ts'
import { columnsSentence, field, fieldList, onTable, problem, unquote, type Rule, type Scene } from './scene.ts'

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
  // The "MM-DD" of YYYY-MM-DD says what is wanted, not what is there.
  const given = text.replace(/y{2,4}[-/.]m{1,2}[-/.]d{1,2}/gi, ' ')
  const order = /\b(?:day[- ]first|european|dd[/.-]mm|dmy|uk format|british)\b/i.test(given)
    ? 'DMY'
    : /\b(?:month[- ]first|american|us format|mm[/.-]dd|mdy)\b/i.test(given)
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

/** "rename x to y and z to w". */
export const rename: Rule = (text, scene) => {
  const match = /^(?:rename|relabel|change the name of|call)\s+(?:the )?(?:columns?|fields?|headers?)?\s*:?\s*(.+)$/i.exec(text)
  if (!match?.[1] || (/^call/i.test(text) && !/column|field/i.test(text))) return undefined
  const fields: Record<string, string> = {}
  for (const part of match[1].split(/\s*(?:,\s*(?:and\s+)?|;|\s+and\s+(?=\S+(?:\s\S+)?\s+(?:to|as|into|->|→)))\s*/i)) {
    const pair = /^(?:the )?(?:columns?|fields?)?\s*(.+?)\s+(?:columns?\s+|fields?\s+)?(?:to|as|into|->|=>|→|with)\s+(.+)$/i.exec(part)
    if (!pair) continue
    const said = unquote(pair[1] as string)
    const it = /^(?:it|that|this)(?: column)?$/i.test(said) ? scene.columns.find((column) => column.name === scene.focus) : undefined
    const found = it ?? field(said, scene)
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
