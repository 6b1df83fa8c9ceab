import { aggregates, groupBy, settleCounts } from './aggregates.ts'
import { having } from './having.ts'
import { best, sort, top } from './ranking.ts'
import { addColumn, cast, columnsKept, dedupe, fill, isoDates, join, pivot, rename, rowsKept, share, sumOfExpression, unpivot } from './reshape.ts'
import { dates, numberList, onTheResult, sums, units } from './scalars.ts'
import type { Rule, Scene, Step } from './scene.ts'
import { clean, columns, describe, diff, distinct, flatten, lookup, nothing, query, replaceValues, showAll, validate, write } from './whole-data.ts'

/** Rules that need no table. */
const BARE: Rule[] = [units, dates, numberList, sums, onTheResult]
/** In order: what only one kind of request can say comes before what many can say. */
const TABULAR: Rule[] = [
  write, nothing, validate, query, flatten, join, unpivot, pivot, rename, dedupe, fill, replaceValues, isoDates, cast, addColumn, columns, distinct, share, sumOfExpression,
  having, groupBy, top, sort, columnsKept, best, aggregates, rowsKept, diff, clean, describe, lookup, showAll,
]

export function withoutTable(text: string, scene: Scene): Step[] | undefined {
  return firstOf(BARE, text, scene)
}

export function withTable(text: string, scene: Scene): Step[] | undefined {
  const steps = firstOf(TABULAR, text, scene)
  return steps && settleCounts(steps, scene)
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
