import { aggregates, groupBy, settleCounts } from './aggregates.ts'
import { having } from './having.ts'
import { best, top } from './ranking.ts'
import { sort } from './sorting.ts'
import { addColumn, sumOfExpression } from './add-column.ts'
import { cast, columnsKept, fill, isoDates, rename } from './column-rules.ts'
import { join } from './join.ts'
import { pivot, share, unpivot } from './pivot.ts'
import { dedupe, rowsKept } from './row-rules.ts'
import { dates, numberList, onTheResult, sums, units } from './scalars.ts'
import type { Rule, Scene, Step } from './scene.ts'
import { checks, combine, duplicates, formulas, namesOnly, refused, withOnly } from './special.ts'
import { clean, columns, describe, diff, distinct, flatten, lookup, nothing, query, replaceValues, showAll, validate, write } from './whole-data.ts'

/** Rules that need no table. */
const BARE: Rule[] = [units, dates, numberList, sums, onTheResult]
/** In order: what only one kind of request can say comes before what many can say. */
const WHOLE: Rule[] = [write, nothing, checks, validate, query, flatten]
const TABULAR: Rule[] = [
  refused,
  combine,
  join,
  unpivot,
  pivot,
  rename,
  duplicates,
  dedupe,
  fill,
  replaceValues,
  isoDates,
  cast,
  addColumn,
  columns,
  distinct,
  share,
  formulas,
  sumOfExpression,
  withOnly,
  having,
  groupBy,
  top,
  sort,
  columnsKept,
  best,
  aggregates,
  rowsKept,
  diff,
  clean,
  describe,
  lookup,
  showAll,
  namesOnly,
]

export function withoutTable(text: string, scene: Scene): Step[] | undefined {
  return firstOf(BARE, text, scene)
}

const FORM =
  /,?\s+(?:as|in|into|to)\s+(?:an?\s+|the\s+|valid\s+|plain\s+)*((?:json|csv|tsv|xml|yaml|markdown)\b.*|(?:table|list|array)(?:\s+(?:format|form))?)$/i
const ORDER =
  /^(.+?),?\s+(?:and\s+)?((?:sorted|ordered|ranked|arranged)\b.*|in\s+(?:alphabetical|ascending|descending|chronological|reverse|increasing|decreasing)\b.*order.*|(?:newest|oldest|highest|lowest|largest|smallest|cheapest|biggest|latest|best)\s+first)$/i

export function withTable(text: string, scene: Scene): Step[] | undefined {
  const steps = read(text, scene)
  return steps && settleCounts(steps, scene)
}

function read(text: string, scene: Scene): Step[] | undefined {
  const whole = firstOf(WHOLE, text, scene)
  if (whole) return whole
  // "... as CSV": the request proper, and then its form.
  const form = FORM.exec(text)
  const formed = form ? withForm(text.slice(0, form.index), form[1] as string, scene) : undefined
  if (formed) return formed
  const order = ORDER.exec(text)
  const ordered = order ? withOrder(order[1] as string, order[2] as string, scene) : undefined
  return ordered ?? firstOf(TABULAR, text, scene)
}

function withForm(head: string, form: string, scene: Scene): Step[] | undefined {
  const steps = read(head, scene)
  if (!steps || steps.some((step) => step.operation.type === 'problem')) return undefined
  return [...steps, ...(firstOf([write], `return as ${form}`, scene) ?? [])]
}

/** "the names of people over 30, in alphabetical order": sorted before columns go, and after a cut. */
function withOrder(head: string, order: string, scene: Scene): Step[] | undefined {
  if (/^(?:sort|order|rank|arrange)\b/i.test(head)) return undefined
  const steps = firstOf([...WHOLE, ...TABULAR.filter((rule) => rule !== sort)], head, scene)
  if (!steps || steps.some((step) => step.operation.type === 'problem')) return undefined
  if (steps.some((step) => step.operation.type === 'aggregate' || step.operation.type === 'best'))
    return firstOf([sort], `${head} sorted ${order.replace(/^(?:sorted|ordered|ranked|arranged)\s+/i, '')}`, scene)
  const sorted = firstOf([sort], /^(?:sorted|ordered|ranked|arranged)/i.test(order) ? order : `sorted ${order}`, scene)
  if (!sorted) return undefined
  const at = steps.findIndex((step) => step.operation.type === 'select' || step.operation.type === 'drop')
  const rest = steps.filter((step) => step.operation.type !== 'nothing')
  return at < 0 ? [...rest, ...sorted] : [...steps.slice(0, at), ...sorted, ...steps.slice(at)]
}

/** A rule's guesses are only kept when the rule applies. */
function firstOf(rules: Rule[], text: string, scene: Scene): Step[] | undefined {
  for (const rule of rules) {
    const notes: string[] = []
    const steps = rule(text, { ...scene, assume: (note) => notes.push(note) })
    if (!steps) continue
    for (const note of notes) scene.assume(note)
    return steps
  }
  return undefined
}
