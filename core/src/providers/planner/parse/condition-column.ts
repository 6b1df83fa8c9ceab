import { defaultMeasure } from '../columns.ts'
import { numberIn, plain } from '../words.ts'
import { field, unquote, type Scene } from './scene.ts'
import type { Column } from '../types.ts'

/** Verbs that name a column without naming it: "employees who earn more than 4000". */
const VERBS: [RegExp, string][] = [
  [/\b(?:earn(?:s|ed|ing)?|(?:is|are|get|gets) paid|make|makes)\W*$/i, 'salary'],
  [/\b(?:costs?|costing|priced(?: at)?|sell(?:s|ing)? for)\W*$/i, 'price'],
  [/\b(?:spen[dt]|spends|spending|paid|pays?|worth|bought for|ordered for)\W*$/i, 'amount'],
  [/\b(?:scored?|scores|scoring|rated)\W*$/i, 'score'],
  [/\b(?:aged?)\W*$/i, 'age'],
]

export function isLoose(comparison: string, before: string, column: Column, said: string, scene: Scene): boolean {
  if (
    !/^(?:is|are|was|were)\b/i.test(comparison) ||
    column.kind === 'date' ||
    column.kind === 'boolean' ||
    /^["'`“]/.test(said.trim()) ||
    numericText(said)
  )
    return false
  if (/\b(?:where|with|whose|if|when|rows|having)\b[^,]*$/i.test(before)) return false
  const value = plain(unquote(said.trim()))
  return !scene.rows.some((row) => plain(String(row[column.name] ?? '')) === value)
}

export const numericText = (said: string) => numberIn(said.trim().replace(/%$/, '')) !== undefined

export function spoken(before: string, wantsNumber: boolean, scene: Scene): Column | undefined {
  if (!wantsNumber) return undefined
  const verb = VERBS.find(([pattern]) => pattern.test(before))
  const meant = verb && field(verb[1], { columns: scene.columns.filter((column) => column.kind === 'number'), assume: () => {} })
  if (meant) return meant
  const last = /([\p{L}_]+)\s*$/u.exec(before.replace(/\s+(?:that|which|who|of|with|is|are)\s*$/i, ''))?.[1]
  const named = last ? field(last, { columns: scene.columns.filter((column) => column.kind === 'number'), assume: scene.assume }) : undefined
  if (named) return named
  const measure =
    scene.grouped && scene.columns === scene.grouped.columns
      ? scene.columns.findLast((column) => column.kind === 'number')
      : defaultMeasure(scene.columns)
  return measure
}

/** "people over 30" are thirty years old. */
export function people(before: string, comparison: string, numeric: boolean, scene: Scene): Column | undefined {
  if (
    !numeric ||
    !/\b(?:people|persons?|employees|users|customers|students|members|women|men|those|anyone|everyone|adults?|staff|who (?:is|are))\s*$/i.test(
      before,
    ) ||
    !/\b(?:over|above|under|below)\b/i.test(comparison)
  )
    return undefined
  return scene.columns.find((column) => column.kind === 'number' && column.words.some((word) => word === 'age' || word === 'idade'))
}

export function implied(comparator: string, isDate: boolean, scene: Scene): Column | undefined {
  const quiet = { columns: scene.columns, assume: () => {} }
  if (/older|younger/i.test(comparator) && !isDate) return field('age', quiet)
  if (/cheaper/i.test(comparator)) return field('price', quiet)
  if (!isDate) return undefined
  const dates = scene.columns.filter((column) => column.kind === 'date')
  return dates.length === 1 ? dates[0] : undefined
}
