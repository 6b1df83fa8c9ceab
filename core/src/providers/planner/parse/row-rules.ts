import { readConditions } from './conditions.ts'
import { columnsSentence, fieldList, onTable, problem, type Rule, type Scene, type Step } from './scene.ts'
import type { Operation } from '../types.ts'

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
