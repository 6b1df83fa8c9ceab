import { mentions } from '../columns.ts'
import { readConditions } from './conditions.ts'
import { field, onTable, unquote, type Rule } from './scene.ts'
import type { Operation } from '../types.ts'

type Format = Extract<Operation, { type: 'write' }>['format']
const FORMATS: Record<string, Format> = {
  csv: 'csv',
  tsv: 'tsv',
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  xml: 'xml',
  yaml: 'yaml',
  yml: 'yaml',
  markdown: 'markdown',
  md: 'markdown',
}
const FORMAT = '(csv|tsv|json|ndjson|jsonl|xml|yaml|yml|markdown|md)'
const DATA_NOUN =
  '(?:data(?:set)?|csv|tsv|json|ndjson|jsonl|xml|yaml|table|rows?|records?|list|result(?:s|ing)?|output|file|them|it|this|that|these|everything|all|orders|answer|text|above|below|following|attached)'

/** "return it as CSV", "convert this JSON to YAML", "as a markdown table". */
export const write: Rule = (text) => {
  const to = new RegExp(`\\b(?:to|as|into|in|using)\\s+(?:an?\\s+|the\\s+|valid\\s+|clean\\s+|well-formed\\s+)*${FORMAT}\\b`, 'i').exec(text)?.[1]
  const direct = new RegExp(`^(?:make|create|generate|produce|write|output|export|return|give me)\\s+(?:an?\\s+|the\\s+)?${FORMAT}\\b`, 'i').exec(
    text,
  )?.[1]
  const format = FORMATS[(to ?? direct ?? '').toLowerCase()]
  if (!format) return undefined
  if (
    !/^(?:convert|turn|transform|change|export|format|output|return|give|write|save|serialize|serialise|render|show|display|print|respond|answer|present|make|create|generate|produce|put|get|provide|express|parse|read|rewrite|as|in|to|i )/i.test(
      text,
    )
  )
    return undefined
  const rest = text
    .replace(new RegExp(`\\b(?:to|as|into|in|using)\\s+(?:an?\\s+|the\\s+|valid\\s+|clean\\s+)*${FORMAT}\\b.*$`, 'i'), '')
    .replace(
      new RegExp(
        `\\b(?:the|this|that|these|my|back|me|final|cleaned|following|${DATA_NOUN}|from|${FORMAT.slice(1, -1)}|convert|turn|transform|change|export|format|output|return|give|write|save|render|show|display|print|respond|answer|present|make|create|generate|produce|put|get|provide|parse|read|rewrite|please|with|only|and|as|in|an?|i|want|array|of|inline|given|here|is|:)\\b`,
        'gi',
      ),
      '',
    )
  return /[\p{L}]{3,}/u.test(rest) ? undefined : onTable({ type: 'write', format })
}

/** Requests that add nothing to what the others already say. */
export const nothing: Rule = (text) => {
  const filler = new RegExp(
    `^(?:(?:and|also|then|finally|please)\\s+)*(?:return|give|show|output|display|print|respond|reply|answer|present|tell|provide|send|report|list|read|parse|load|import|take|use|look at|here(?:'s| is| are)|consider|analy[sz]e|process|see|open|get|export|(?:using|based on|with|for|in|on|from|of|given|below|following|input|data)\\b)?\\s*(?:back\\s+)?(?:me\\s+|us\\s+|to me\\s+|with\\s+|at\\s+)?(?:only\\s+)?(?:the\\s+|this\\s+|that\\s+|these\\s+|my\\s+|our\\s+|some\\s+|all\\s+|an?\\s+)*(?:final\\s+|cleaned\\s+|resulting\\s+|full\\s+|whole\\s+|new\\s+|clean\\s+|updated\\s+|filtered\\s+|sorted\\s+|following\\s+|attached\\s+|sales\\s+|inline\\s+)*(?:${DATA_NOUN})?(?:\\s+${DATA_NOUN})?(?:\\s+(?:back|below|above|here|attached|first|now))?(?:\\s*:)?$`,
    'i',
  )
  const asks =
    /^what (?:(?:date|number|value|result|total|amount|rows?) )?(?:do|will|would|can|does) (?:i|we|you|that) (?:get|have|make|give)$|^(?:show |tell |give |return )?(?:me )?what(?:'s| is)? (?:remains|left|remaining|over)$|^(?:explain|show) (?:your|the) (?:work|steps|reasoning)$/i
  const told =
    /^(?:i|we) (?:have|got|sent|attached|uploaded|pasted|exported)\b|^(?:here|below|attached|the following)\b(?:\s+\w+){0,4}\s+(?:is|are|comes?)\b|^(?:this|it) is (?:a|an|the|my|our) \w+(?:\s\w+){0,4}$|^(?:make|create|write|prepare|build|generate) (?:me )?(?:a |an |the )?(?:short |brief |quick |small )?(?:report|summary|overview)$/i
  return told.test(text.trim()) || asks.test(text.trim()) || filler.test(text.trim()) ? onTable({ type: 'nothing' }) : undefined
}

export const showAll: Rule = (text) =>
  new RegExp(
    `^(?:show|list|display|print|give me|return|output|what (?:is|are))\\s+(?:me\\s+)?(?:the |all |all the |every |this |my )*${DATA_NOUN}(?:\\s+${DATA_NOUN})?$`,
    'i',
  ).test(text)
    ? onTable({ type: 'show' })
    : undefined

/** "clean the data" without more particulars. */
export const clean: Rule = (text) =>
  new RegExp(
    `^(?:clean|tidy|sanitize|sanitise|trim|scrub)(?:\\s+up)?(?:\\s+(?:the |this |these |my |all |our )*(?:[\\w-]+\\s+)?${DATA_NOUN}?(?:\\s+(?:data|rows|values|cells|spaces|whitespace))?)?$|\\b(?:trim|strip|remove)\\s+(?:the |all |any |extra |leading |trailing |and |surrounding )*(?:white ?space|spaces)`,
    'i',
  ).test(text)
    ? onTable({ type: 'clean' })
    : undefined

export const describe: Rule = (text) =>
  /^(?:describe|summari[sz]e|profile|give (?:me )?(?:a |an )?(?:statistical )?(?:summary|overview|profile|description)|summary(?: statistics)?|(?:what|show|give|compute|calculate)\b.*\b(?:summary|descriptive|basic) stat(?:istic)?s|analy[sz]e)\b/i.test(
    text,
  ) && !/\b(?:by|per|each)\b/i.test(text)
    ? onTable({ type: 'describe' })
    : undefined

export const columns: Rule = (text) =>
  /^(?:what|which|list|show|name|how many|give me|tell me)\b(?:\s+(?:me|are|is|the|all|of|available|column))*\s+(?:columns|fields|headers|names)(?:\s+names?)?(?:\s+(?:are|does|do|is|has|have|in|there|of|the|this|it|my|data|table|csv|file|rows))*$/i.test(
    text,
  )
    ? onTable({ type: 'columns' })
    : undefined

/** "list the unique countries", "what regions are there?". */
export const distinct: Rule = (text, scene) => {
  const match =
    /^(?:list|show|give|what are|which are|get|find|return|tell me|name|extract|display|what|which)\b\s*(?:me\s+)?(?:all\s+)?(?:the\s+)?(?:(?:different|distinct|unique)\s+(?:values (?:of|in|for)\s+)?(?:the\s+)?(.+?)(?:\s+(?:values?|names?|are there|there are|in .+|exist|do we have))?|(\w+)\s+(?:are|do we have|exist)(?:\s+there)?)$/i.exec(
      text,
    )
  const phrase = match?.[1] ?? match?.[2]
  const found = phrase ? field(phrase, scene) : undefined
  return found ? onTable({ type: 'distinct', field: found.name }) : undefined
}

export const validate: Rule = (text) =>
  /\b(?:validate|is (?:it |this |the \w+ )?valid|(?:json|data|document) is valid|valid against|conforms?|matches? (?:the|this) schema|satisf(?:y|ies) (?:the|this) schema|check .* schema)\b/i.test(
    text,
  )
    ? onTable({ type: 'validate' })
    : undefined

export const flatten: Rule = (text) => (/^flatten\b/i.test(text) ? onTable({ type: 'flatten' }) : undefined)

export const diff: Rule = (text) =>
  /^(?:diff|compare)\b|\b(?:differences? between|what(?:'s| has| is)? (?:changed|different|the difference)|find (?:the )?(?:changes|differences))\b/i.test(
    text,
  ) && !/\bdays\b|\bby\b/i.test(text)
    ? onTable({ type: 'diff' })
    : undefined

/** A query that the user wrote out: "run the JSONata `$sum(orders.amount)`". */
export const query: Rule = (text) => {
  const match =
    /\b(?:jsonata|jsonpath|query|expression)\b[^`"]*[`"]([^`"]+)[`"]/i.exec(text) ?? /^(?:query|jsonata)\s*:?\s+([$\w.[\]()*{}"'=<> -]+)$/i.exec(text)
  const said = match?.[1]?.trim()
  return said && /[$.[({=]/.test(said) ? onTable({ type: 'query', expression: said }) : undefined
}

/** A figure of one row: "what is Bob's amount?", "show the email of Ana". */
export const lookup: Rule = (text, scene) => {
  if (!/^(?:what|which|who|show|give|find|get|tell|when|where|return|look|the)\b/i.test(text)) return undefined
  const where = readConditions(text.replace(/(\p{L})['’]s\b/gu, '$1'), scene)
  if (where.conditions.length === 0) return undefined
  const asked = mentions(where.rest, scene.columns).map((item) => item.column.name)
  const wanted =
    asked.length > 0 ? asked : /^when\b/i.test(text) ? scene.columns.filter((column) => column.kind === 'date').map((column) => column.name) : []
  const named = where.conditions.map((item) => item.field).filter((name) => !wanted.includes(name))
  const filter: Operation = { type: 'filter', conditions: where.conditions, match: where.match, negate: false }
  return wanted.length > 0 ? onTable(filter, { type: 'select', fields: [...new Set([...named, ...wanted])] }) : onTable(filter)
}

/** "replace N/A with 0 in amount", "replace 'West' with 'W'". */
export const replaceValues: Rule = (text, scene) => {
  const match =
    /^(?:replace|change|substitute)\s+(?:all\s+|every\s+|the value\s+)?(.+?)\s+(?:with|by|to|for)\s+(.+?)(?:\s+in\s+(?:the\s+)?(.+?)(?:\s+(?:column|field))?)?$/i.exec(
      text,
    )
  if (!match) return undefined
  const [from, to] = [unquote(match[1] as string), unquote(match[2] as string)]
  const targets = match[3]
    ? [field(match[3], scene)?.name].filter((name) => name !== undefined)
    : scene.columns
        .filter((column) => scene.rows.some((row) => String(row[column.name] ?? '').toLowerCase() === from.toLowerCase()))
        .map((column) => column.name)
  const literal = (said: string) =>
    /^-?\d+(?:\.\d+)?$/.test(said) ? said : /^(?:null|empty|blank|nothing)$/i.test(said) ? 'null' : `"${said.replaceAll('"', '""')}"`
  if (targets.length === 0) return undefined
  return onTable(
    ...targets.map((name): Operation => ({
      type: 'add_column',
      name,
      expression: `IF([${name.replaceAll(']', ']]')}] = ${literal(from)}, ${literal(to)}, [${name.replaceAll(']', ']]')}])`,
      replaces: true,
    })),
  )
}
