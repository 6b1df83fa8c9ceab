import { fieldIn, measures, mentions } from '../columns.ts'
import { nameOf } from '../naming.ts'
import { words } from '../words.ts'
import { beyond } from './aggregates.ts'
import { columnName } from './expressions.ts'
import { columnsSentence, field, fieldList, onTable, problem, type Rule, onGroup, unquote } from './scene.ts'
import type { Aggregate } from '../types.ts'

/** What these rules cannot do, said before another rule makes something else of it. */
export const refused: Rule = (text) => {
  const reason = /\b(?:ratio|outliers?|transpose|regression|forecast|predict\w*|cluster\w*)\b/i.test(text) ? beyond(text) : undefined
  return reason ? problem(reason) : undefined
}

/** "correlation between price and sales", "90th percentile of latency". */
export const formulas: Rule = (text, scene) => {
  if (/\bcorrelat/i.test(text)) {
    const numbers = mentions(text, measures(scene.columns)).map((item) => item.column.name)
    const [one, two] = [...new Set(numbers)]
    if (!one || !two) return problem(`For a correlation I need two columns of numbers. ${columnsSentence(scene)}`)
    return onTable({ type: 'formula', expression: `CORREL(${columnName(one)}, ${columnName(two)})`, label: `correlation of ${one} and ${two}` })
  }
  const span =
    /\b(?:difference|range|gap|spread)\s+between\s+(?:the\s+)?(?:max|maximum|highest|largest|min|minimum|lowest|smallest)\s+and\s+(?:the\s+)?(?:max|maximum|highest|largest|min|minimum|lowest|smallest)\s+(?:of\s+)?(?:the\s+)?(.+)$/i.exec(
      text,
    )
  const spanned = span && field(span[1] as string, { columns: measures(scene.columns), assume: scene.assume })
  if (spanned)
    return onTable({
      type: 'formula',
      expression: `MAX(${columnName(spanned.name)}) - MIN(${columnName(spanned.name)})`,
      label: `difference between the highest and the lowest ${spanned.name}`,
    })
  const percentile = /\b(\d{1,2}(?:\.\d+)?)(?:st|nd|rd|th)?\s*(?:percentile|pct)\b|\bp(\d{2})\b/i.exec(text)
  if (percentile) {
    const rest = text.slice(percentile.index + percentile[0].length)
    const column = fieldIn(rest, measures(scene.columns))?.column ?? (measures(scene.columns).length === 1 ? measures(scene.columns)[0] : undefined)
    const rank = Number(percentile[1] ?? percentile[2])
    return column
      ? onTable({
          type: 'formula',
          expression: `PERCENTILE(${columnName(column.name)}, ${rank / 100})`,
          label: `percentile ${rank} of ${column.name}`,
        })
      : problem(`Of which column should I take the percentile? ${columnsSentence(scene)}`)
  }
  return undefined
}

/** "find duplicates by email": values that come more than once. */
export const duplicates: Rule = (text, scene) => {
  const match = /^(?:find|show|list|which|are there|count|how many|identify|detect|get|return|check for|what)\b.*\bduplicate[ds]?\b(.*)$/i.exec(text)
  if (!match) return undefined
  const said = (match[1] ?? '')
    .replace(/^\s*(?:rows?|records?|entries|values?)?\s*(?:by|in|of|on|for|based on|are there)?\s*(?:the\s+)?/i, '')
    .replace(/\s+(?:are there|column|field|exist)$/i, '')
  const { fields } = said.trim() ? fieldList(said, scene) : { fields: scene.columns.map((column) => column.name) }
  if (fields.length === 0) return problem(`By which column should I look for duplicates? ${columnsSentence(scene)}`)
  const aggregate: Aggregate = { op: 'count', field: null }
  return [
    ...onTable({ type: 'aggregate', by: fields, aggregates: [aggregate] }),
    ...onGroup({ type: 'filter', conditions: [{ field: nameOf(aggregate), op: 'gt', value: 1 }], match: 'all', negate: false }),
  ]
}

/** "check that all emails are valid", "is the id unique?", "make sure no name is missing". */
export const checks: Rule = (text, scene) => {
  if (!/^(?:check|validate|verify|ensure|make sure|are|is|do|does|test|confirm)\b/i.test(text) || /\b(?:schema|json)\b/i.test(text)) return undefined
  const named = mentions(text, scene.columns)
  const columns = named.length > 0 ? named.map((item) => item.column) : []
  const rules = columns.flatMap((column): Record<string, unknown>[] => {
    if (/\b(?:unique|distinct)\b/i.test(text)) return [{ field: column.name, unique: true }]
    if (/\b(?:required|missing|empty|blank|filled|present)\b/i.test(text)) return [{ field: column.name, required: true }]
    const type = /\b(email|url|date|number|integer)s?\b(?!.*\bcolumn\b)/i.exec(`${column.words.join(' ')} ${text}`)?.[1]
    return /\b(?:valid|correct|well[- ]formed|are (?:all )?(?:emails|urls|dates|numbers|integers))\b/i.test(text) && type
      ? [{ field: column.name, type: type.toLowerCase() }]
      : []
  })
  return rules.length > 0 ? onTable({ type: 'check_rows', rules }) : undefined
}

const GLUES: [RegExp, string][] = [
  [/\bcomma\b/i, ', '],
  [/\b(?:dash|hyphen)\b/i, '-'],
  [/\bunderscore\b/i, '_'],
  [/\b(?:nothing|no space|without)\b/i, ''],
]

/** "combine first and last into full_name". */
export const combine: Rule = (text, scene) => {
  const into =
    /^(?:combine|concatenate|concat|merge|join)\s+(?:the\s+)?(.+?)\s+(?:into|as|to (?:make|form|get|create))\s+(?:an?\s+|the\s+)?(?:new\s+)?(?:single\s+)?(?:column\s+|field\s+)?(?:called\s+|named\s+)?["'`]?([\w ]+?)["'`]?(?:\s+column|\s+field)?(?:\s+(?:with|separated by|using)\s+.*)?$/i.exec(
      text,
    )
  const made =
    /^(?:add|create|make|build)\s+(?:an?\s+|the\s+)?(?:new\s+)?(?:column\s+|field\s+)?(?:called\s+|named\s+)?["'`]?([\w]+?)["'`]?(?:\s+column|\s+field)?\s+(?:by|from|as|that)?\s*(?:combin(?:ing|es?)|concatenat(?:ing|es?)|joining|joins|merging|merges)\s+(?:the\s+)?(.+)$/i.exec(
      text,
    )
  const said = into?.[1] ?? made?.[2]
  const name = into?.[2] ?? made?.[1]
  if (!said || !name) return undefined
  const { fields, missing } = fieldList(said.replace(/\s+(?:with|separated by|using)\s+.*$/i, '').replace(/\b(?:columns?|fields?)\b/gi, ' '), scene)
  if (fields.length < 2 || missing.length > 0) return undefined
  const separator = /\b(?:with|separated by|using)\s+(.*)$/i.exec(text)?.[1] ?? ''
  const glue = /^["'`]/.test(separator.replace(/^an?\s+/, '')) ? unquote(separator) : (GLUES.find(([pattern]) => pattern.test(separator))?.[1] ?? ' ')
  return onTable({
    type: 'add_column',
    name: name.trim().replace(/\s+/g, '_'),
    expression: `CONCAT(${fields.map(columnName).join(`, "${glue}", `)})`,
    replaces: false,
  })
}

/** "turn this into objects with only id and title". */
export const withOnly: Rule = (text, scene) => {
  const file =
    /^(?:generate|create|make|produce|return|give me|output|write|export)\s+(?:an?\s+|the\s+)?(csv|tsv|json|xml|yaml)(?:\s+file)?\s+(?:with|of|containing|having)\s+(?:only\s+|just\s+)?(?:the\s+)?(?:columns?|fields?)?\s*:?\s*(.+)$/i.exec(
      text,
    )
  const kept = file && fieldList((file[2] as string).replace(/\b(?:columns?|fields?)\b/gi, ' '), scene)
  const plainly =
    file &&
    (file[2] as string)
      .split(/\s*(?:,|\band\b)\s*/i)
      .filter(Boolean)
      .every((part) => scene.columns.some((column) => column.words.join('') === words(part.replace(/\b(?:the|columns?|fields?)\b/gi, ' ')).join('')))
  if (file && plainly && kept && kept.fields.length > 0 && kept.missing.length === 0)
    return onTable({ type: 'select', fields: kept.fields }, { type: 'write', format: (file[1] as string).toLowerCase() as 'csv' })
  const match = /\b(?:with|containing|keeping|including|having)\s+(?:only|just)\s+(?:the\s+)?(?:columns?\s+|fields?\s+)?(.+)$/i.exec(text)
  if (!match || !/^(?:turn|convert|make|create|return|give|show|produce|transform|reduce|list|output|get|build)\b/i.test(text)) return undefined
  const { fields, missing } = fieldList((match[1] as string).replace(/\s+(?:columns?|fields?)$/i, ''), scene)
  return fields.length > 0 && missing.length === 0 ? onTable({ type: 'select', fields }) : undefined
}

export const namesOnly: Rule = (text, scene) => {
  const match = /^(?:the\s+)?([\w ]+?)\s+only$/i.exec(text)
  const found = match && field(match[1] as string, { columns: scene.columns, assume: () => {} })
  return found ? onTable({ type: 'select', fields: [found.name] }) : undefined
}
