import { numberIn, plain } from '../words.ts'
import { arithmetic } from './expressions.ts'
import { DATE_TEXT, onTable, type Rule, type Step } from './scene.ts'
import type { AggregateOp, DateUnit, Operation } from '../types.ts'

const UNIT_WORD = '[\\p{L}°µ²³/]+(?:\\s(?:per\\s\\p{L}+|fahrenheit|celsius|miles?|inch(?:es)?|feet|metres?|meters?|tons?|tonnes?|ounces?))?'
const NOT_UNITS = /^(?:csv|tsv|json|xml|yaml|iso|text|number|integer|string|rows?|columns?|orders?|uppercase|lowercase|utc|days?before)$/i

/** "convert 5 km to miles and 3 kg to pounds", "how many feet are in 2 metres", "100 °F in celsius". */
export const units: Rule = (text) => {
  const asked = new RegExp(
    `how many\\s+(${UNIT_WORD})\\s+(?:are|is|make|in|are in|is in|are there in|equal)?\\s*(?:there\\s+)?(?:in\\s+)?(-?\\d[\\d,.]*|an?|one)\\s*(${UNIT_WORD})\\s*$`,
    'iu',
  ).exec(text)
  if (asked && !/^(?:days?|weeks?|months?|years?|business)$/i.test(asked[1] ?? '')) return unit(asked[2], asked[3], asked[1])
  if (asked && /^(?:hours?|minutes?|seconds?|days?|weeks?|months?|years?|decades?)$/i.test(asked[3] ?? '')) return unit(asked[2], asked[3], asked[1])
  const steps: Step[] = []
  const pattern = new RegExp(
    `(?<![\\w.])(-?\\d[\\d,]*(?:\\.\\d+)?)\\s*(?:degrees\\s+)?(${UNIT_WORD})\\s+(?:to|in|into|as)\\s+(?:degrees\\s+)?(${UNIT_WORD})(?=$|[\\s,;.?!])`,
    'giu',
  )
  for (const match of text.matchAll(pattern)) {
    const found = unit(match[1], match[2], match[3])
    if (found) steps.push(...found)
  }
  return steps.length > 0 && (/\bconvert|\bhow (?:much|many|far|long)|\bwhat|^\s*-?\d|\bto\b/i.test(text) || steps.length > 1) ? steps : undefined
}

function unit(amount: string | undefined, from: string | undefined, to: string | undefined): Step[] | undefined {
  const value = /^an?$/i.test(amount ?? '') ? 1 : numberIn((amount ?? '').replace(/,(?=\d{3})/g, ''))
  if (value === undefined || !from || !to || NOT_UNITS.test(from) || NOT_UNITS.test(to) || /^(?:of|to|in|and|or|is|the|by|x)$/i.test(from))
    return undefined
  return onTable({ type: 'convert', value, from: from.trim(), to: to.trim() })
}

const UNITS: [RegExp, DateUnit][] = [
  [/^days?$/i, 'days'],
  [/^weeks?$/i, 'weeks'],
  [/^months?$/i, 'months'],
  [/^quarters?$/i, 'quarters'],
  [/^years?$/i, 'years'],
  [/^hours?$/i, 'hours'],
  [/^min(?:ute)?s?$/i, 'minutes'],
  [/^sec(?:ond)?s?$/i, 'seconds'],
]
const unitOf = (word: string | undefined) => UNITS.find(([pattern]) => pattern.test(word ?? ''))?.[1]
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const WEEKDAY = `(${WEEKDAYS.join('|')})`
const D = `(${DATE_TEXT})`

/** Questions about single dates. */
export const dates: Rule = (text) => {
  const said = text.replace(/\b(?:the (?:date|day)(?: of)?|date) (?=\d)/gi, '')
  const between = sameOrder(new RegExp(`(?:between|from|since)?\\s*${D}\\s*(?:and|to|until|till|-|–|through)\\s*${D}`, 'i').exec(said))
  if (/\b(?:business|working|work|week) ?days?\b/i.test(said) && between)
    return onTable({ type: 'business_days', from: between[1] as string, to: between[2] as string })
  if (/\b(?:list|every|all|each|range|generate)\b/i.test(said) && between && /\b(?:dates?|days|weeks|months|every)\b/i.test(said)) {
    const every = unitOf(/\b(?:every|each|by|per|all(?: the)?)\s+(day|week|month|year|quarter)s?\b/i.exec(said)?.[1])
    return onTable({ type: 'date_range', from: between[1] as string, to: between[2] as string, unit: every ?? 'days' })
  }
  if (
    /\btoday'?s date\b|\b(?:what|which) (?:date|day) is (?:it )?today\b|\bcurrent (?:date|time)\b|^what time is it|^today$|^what is today$/i.test(
      text,
    )
  )
    return onTable({ type: 'today' })
  const wanted = unitOf(
    /\b(?:how many|number of|difference in|in)\s+(?:full |whole |calendar )?(days?|weeks?|months?|years?|hours?|minutes?|seconds?)\b/i.exec(
      said,
    )?.[1],
  )
  const apart = /\b(?:difference|how long|how far|apart|elapsed|how old|days? (?:between|from|until|since)|passed|are there)\b/i.test(said)
  if (between && (wanted || apart))
    return onTable({ type: 'date_diff', from: between[1] as string, to: between[2] as string, unit: wanted ?? 'days' })
  const reversed = new RegExp(`\\b(?:until|till|to|before)\\s+${D}\\s+(?:from|since|starting(?: from| on)?|counting from)\\s+${D}`, 'i').exec(said)
  if (reversed && (wanted || apart))
    return onTable({ type: 'date_diff', from: reversed[2] as string, to: reversed[1] as string, unit: wanted ?? 'days' })
  const until = new RegExp(`\\b(until|till|to|since)\\s+${D}`, 'i').exec(said)
  if (until && (wanted || /how long/i.test(said))) {
    const since = /since/i.test(until[1] as string)
    return onTable({
      type: 'date_diff',
      from: since ? (until[2] as string) : 'today',
      to: since ? 'today' : (until[2] as string),
      unit: wanted ?? 'days',
    })
  }
  const weekday =
    new RegExp(`\\b(?:next|first|following)\\s+${WEEKDAY}\\s+(after|following|from|since)\\s+${D}`, 'i').exec(said) ??
    new RegExp(`${WEEKDAY}\\s+(after|before|following|from)\\s+${D}`, 'i').exec(said) ??
    new RegExp(`\\b(?:last|previous)\\s+${WEEKDAY}\\s+(before)\\s+${D}`, 'i').exec(said)
  if (weekday)
    return onTable({
      type: 'weekday_from',
      date: weekday[3] as string,
      weekday: WEEKDAYS.indexOf(plain(weekday[1] as string)),
      side: /before/i.test(weekday[2] as string) ? 'before' : 'after',
    })
  const business = new RegExp(`(\\d+)\\s+(?:business|working|work) ?days?\\s+(after|from|before|to|prior to)\\s+${D}`, 'i').exec(said)
  if (business)
    return onTable({
      type: 'business_add',
      date: business[3] as string,
      days: Number(business[1]) * (/before|prior/i.test(business[2] as string) ? -1 : 1),
    })
  const moved = new RegExp(
    `(-?\\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\\s+(days?|weeks?|months?|quarters?|years?|hours?|minutes?|seconds?)\\s+(after|from|before|prior to|to|later than|ago from|since|past|earlier than)\\s+${D}`,
    'i',
  ).exec(said)
  if (moved) return shifted(moved[4], moved[1], moved[2], /before|prior|ago|earlier/i.test(moved[3] as string) || /\bsubtract\b/i.test(said))
  const plus = new RegExp(`${D}\\s*(\\+|-|plus|minus|add)\\s*(\\d+)\\s*(days?|weeks?|months?|quarters?|years?|hours?|minutes?|seconds?)`, 'i').exec(
    said,
  )
  if (plus) return shifted(plus[1], plus[3], plus[4], /-|minus/i.test(plus[2] as string))
  const taken = new RegExp(`\\b(?:subtract|take)\\s+(\\d+)\\s+(\\w+)\\s+from\\s+${D}`, 'i').exec(said)
  if (taken) return shifted(taken[3], taken[1], taken[2], true)
  const zone = new RegExp(
    `(${DATE_TEXT}(?:[T ]*(?:at )?\\d{1,2}:\\d{2}(?::\\d{2})?(?:\\s*[ap]m)?)?|\\d{1,2}:\\d{2}(?:\\s*[ap]m)?)\\s*(?:from\\s+|in\\s+|\\(?)?([A-Z]{2,4}|[A-Z]\\w+(?:[/ ][A-Z]\\w+)*)?\\)?(?:\\s+time)?\\s+(?:to|in|into)\\s+([A-Z]\\w+(?:[/ ][A-Z]\\w+)*)(?:\\s+time)?`,
  ).exec(said.replace(/\b(?:convert|what is|the time)\b/gi, '').trim())
  if (zone && /:\d{2}|zone|utc|gmt/i.test(said) && !/\biso\b/i.test(zone[3] ?? ''))
    return onTable({ type: 'convert_zone', date: zone[1] as string, from: zone[2]?.trim() || null, to: (zone[3] as string).trim() })
  const single = new RegExp(D, 'i').exec(said)
  if (single && /\b(?:what|which) (?:day of the week|weekday|day)\b|\bday of (?:the )?week\b|\bweekday\b/i.test(said))
    return onTable({ type: 'weekday_of', date: single[1] as string })
  const leftover = said.replace(single?.[0] ?? '', '').replace(/["'`?.,:]/g, ' ')
  if (
    single &&
    /\b(?:iso(?: ?8601)?|parse|normali[sz]e|standardi[sz]e|yyyy-mm-dd)\b/i.test(leftover) &&
    !/\b(?:column|rows?|table|csv|all|dates)\b/i.test(leftover)
  )
    return onTable({ type: 'parse_date', text: single[1] as string })
  return undefined
}

/** 01/02/2024 beside 15/02/2024: what holds for one of two dates holds for the other. */
function sameOrder(match: RegExpExecArray | null): (string | undefined)[] | null {
  if (!match) return null
  const digits = [match[1], match[2]].map((text) => /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text ?? ''))
  if (!digits.every((item) => item !== null) || !digits.some((item) => Number(item?.[1]) > 12)) return match
  return [match[0], ...digits.map((item) => `${item?.[3]}-${item?.[2]?.padStart(2, '0')}-${item?.[1]?.padStart(2, '0')}`)]
}

function shifted(date: string | undefined, amount: string | undefined, unit: string | undefined, back: boolean): Step[] | undefined {
  const count = /^an?$/i.test(amount ?? '') ? 1 : numberIn(amount ?? '')
  const known = unitOf(unit)
  return date && known && count !== undefined ? onTable({ type: 'date_add', date, amount: back ? -count : count, unit: known }) : undefined
}

export const STATISTICS: [RegExp, AggregateOp][] = [
  [/\b(?:sum|total)\b/i, 'sum'],
  [/\b(?:average|avg|mean)\b/i, 'avg'],
  [/\bmedian\b/i, 'median'],
  [/\b(?:standard deviation|std ?dev|stdev|stddev)\b/i, 'stddev'],
  [/\bvariance\b/i, 'variance'],
  [/\bmode\b/i, 'mode'],
  [/\b(?:min|minimum|smallest|lowest)\b/i, 'min'],
  [/\b(?:max|maximum|largest|highest|biggest)\b/i, 'max'],
  [/\b(?:count|how many numbers)\b/i, 'count'],
]

/** "mean and median of 3, 5, 8, 10". */
export const numberList: Rule = (text) => {
  const list = /(?:^|[\s:([])(-?\d+(?:\.\d+)?(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+)-?\d+(?:\.\d+)?)+)\s*[\])]?\s*\??$/i.exec(text)?.[1]
  if (!list) return undefined
  const values = (list.match(/-?\d+(?:\.\d+)?/g) ?? []).map(Number)
  const wanted = STATISTICS.filter(([pattern]) => pattern.test(text)).map(([, op]) => op)
  if (values.length < 2 || (wanted.length === 0 && !/\bstatistics|\bstats\b/i.test(text))) return undefined
  return onTable({ type: 'statistics', values, wanted })
}

export const sums: Rule = (text) => {
  const parts = text.split(/\s*(?:,|;)?\s+and(?: also)?\s+/i)
  const several = parts.length > 1 ? parts.map((part) => arithmetic(part)) : []
  if (several.length > 1 && several.every((part) => part !== undefined))
    return onTable(...several.map((part, at): Operation => ({ type: 'calculate', expression: part as string, said: parts[at] as string })))
  const expression = arithmetic(text)
  return expression === undefined ? undefined : onTable({ type: 'calculate', expression, said: text.replace(/\?$/, '').trim() })
}

/** "multiply it by 2", "add 10% to the result". */
export const onTheResult: Rule = (text) => {
  const match =
    /^(multiply|divide|increase|decrease|reduce|add|subtract)\s+(?:(?:it|that|this|the (?:result|total|sum|answer|average))\s+(?:by|with)\s+(\d[\d.,]*\s*(?:%|percent)?)|(\d[\d.,]*\s*(?:%|percent)?)\s+(?:to|from)\s+(?:it|that|this|the (?:result|total|sum|answer|average)))$/i.exec(
      text,
    )
  if (!match) return undefined
  const verb = plain(match[1] as string)
  const by = (match[2] ?? match[3] ?? '').replace(/\s*percent/i, '%').replace(/,/g, '')
  const operator = verb === 'multiply' ? '*' : verb === 'divide' ? '/' : verb === 'increase' || verb === 'add' ? '+' : '-'
  return onTable({ type: 'scale', operator, by })
}
