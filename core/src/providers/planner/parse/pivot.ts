import { fieldIn, mentions, measures } from '../columns.ts'
import { isMoneyWord } from '../columns.ts'
import { aggregateWords } from './aggregates.ts'
import { columnsSentence, field, fieldList, onTable, problem, type Rule, type Scene } from './scene.ts'
import type { AggregateOp } from '../types.ts'

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
