import { parse as parseYaml } from 'yaml'
import { jsonIn } from './read-prompt.ts'
import { isRecord, isRows } from './words.ts'
import type { Row, Source, TextFormat } from './types.ts'

const FORMAT_NAMES: Record<string, TextFormat> = {
  csv: 'csv',
  tsv: 'tsv',
  tab: 'tsv',
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  xml: 'xml',
  yaml: 'yaml',
  yml: 'yaml',
}

/** Everything in the data and the instruction that a plan could start from, and the instruction without the data written in it. */
export function findData(instruction: string, data: unknown): { text: string; sources: Source[] } {
  const inline = inInstruction(instruction)
  return { text: inline.text, sources: [...inline.sources, ...inValue(data, 'data', 0)] }
}

function inValue(value: unknown, name: string, depth: number): Source[] {
  if (depth > 5 || value === undefined || value === null) return []
  if (isRows(value)) return [{ kind: 'rows', name, rows: value }]
  if (typeof value === 'string') return [fromText(value, name)]
  if (Array.isArray(value)) {
    // A list of lists under a row of names is a table too.
    if (value.length > 1 && value.every(Array.isArray) && (value[0] as unknown[]).every((cell: unknown) => typeof cell === 'string' && cell !== '')) {
      const [head, ...body] = value as unknown[][]
      return [
        {
          kind: 'rows',
          name,
          rows: body.map((cells) => Object.fromEntries((head as string[]).map((key, at): [string, unknown] => [key, cells[at] ?? null]))),
        },
      ]
    }
    return [{ kind: 'value', name, value }]
  }
  if (!isRecord(value)) return [{ kind: 'value', name, value }]
  const entries = Object.entries(value)
  const inside = looksLikeSchema(value) ? [] : entries.flatMap(([key, item]) => inValue(item, key, depth + 1))
  const tables = inside.filter((source) => source.kind !== 'value')
  // The object itself stays at hand (to validate, flatten or query); its scalars alone are not worth a name.
  const whole: Source[] = depth > 0 || tables.length === 0 || entries.length > tables.length ? [{ kind: 'value', name, value }] : []
  return [...tables, ...(depth === 0 ? inside.filter((source) => source.kind === 'value') : []), ...whole]
}

export function looksLikeSchema(value: unknown): value is Row {
  if (!isRecord(value)) return false
  if (typeof value.$schema === 'string') return true
  const types = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']
  return (
    typeof value.type === 'string' &&
    types.includes(value.type) &&
    (isRecord(value.properties) || isRecord(value.items) || Array.isArray(value.required) || Object.keys(value).length === 1)
  )
}

function fromText(text: string, name: string): Source {
  const hint = FORMAT_NAMES[name.toLowerCase().replace(/^.*[_.-](?=\w+$)/, '')]
  const found = detect(text, hint)
  if (!found) return { kind: 'value', name, value: text }
  return readHere(found.format, found.text, name) ?? { kind: 'text', name, ...found }
}

/** JSON is read on the spot (JSON.parse can lose nothing); the other formats are a tool's work. */
function readHere(format: TextFormat, text: string, name: string): Source | undefined {
  if (format !== 'json' && format !== 'ndjson') return undefined
  try {
    const value =
      format === 'json'
        ? (JSON.parse(text) as unknown)
        : text
            .split(/\r?\n/)
            .filter((line) => line.trim())
            .map((line) => JSON.parse(line) as unknown)
    const sources = inValue(value, name, 0)
    return sources.find((source) => source.kind !== 'value') ?? sources[0]
  } catch {
    return undefined
  }
}

export type Detected = { format: TextFormat; text: string; delimiter?: string }

/** Which format a text is written in, if any. `hint` is what its key or fence says; it decides where the text leaves a choice. */
export function detect(raw: string, hint?: TextFormat): Detected | undefined {
  const text = raw.trim().includes('\n') || !raw.includes('\\n') ? raw.trim() : raw.trim().replaceAll('\\n', '\n').replaceAll('\\t', '\t')
  if (text.length < 2) return undefined
  if (/^[[{]/.test(text)) {
    if (parses(text)) return { format: 'json', text }
    const lines = text.split(/\r?\n/).filter((line) => line.trim())
    if (lines.length > 1 && lines.every(parses)) return { format: 'ndjson', text }
  }
  if (/^<[\s\S]*>$/.test(text) && /<\/|\/>/.test(text)) return { format: 'xml', text }
  if (hint === 'yaml') return { format: 'yaml', text }
  const table = delimited(text)
  if (table) return table
  if (hint === 'csv' && text.includes('\n')) return { format: 'csv', text }
  if (/^(?:---\s*\n|[\w" -]+:(?:\s|$)|-\s)/.test(text) && text.includes('\n')) {
    const value = yaml(text)
    if (Array.isArray(value) ? value.some(isRecord) : isRecord(value)) return { format: 'yaml', text }
  }
  return undefined
}

function parses(text: string): boolean {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}

export function yaml(text: string): unknown {
  try {
    return parseYaml(text, { maxAliasCount: 100 }) as unknown
  } catch {
    return undefined
  }
}

/** A table of delimited lines: at least two, with the same number of delimiters in most of them. */
function delimited(text: string): Detected | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (lines.length < 2) return undefined
  const bare = lines.slice(0, 50).map((line) => line.replace(/"(?:[^"]|"")*"/g, '""'))
  for (const delimiter of ['\t', ';', '|', ',']) {
    const counts = bare.map((line) => line.split(delimiter).length - 1)
    const wanted = counts[0] ?? 0
    if (wanted === 0) continue
    const head = (bare[0] as string).split(delimiter)
    const sameWidth = counts.filter((count) => count === wanted).length / counts.length
    // Prose has commas as well: a head of long phrases is a sentence.
    if (sameWidth >= 0.6 && head.every((cell) => cell.trim().split(/\s+/).length <= 5) && !/[.!?:]\s*$/.test(lines[0] as string)) {
      return delimiter === '\t' ? { format: 'tsv', text, delimiter } : { format: 'csv', text, ...(delimiter === ',' ? {} : { delimiter }) }
    }
  }
  return undefined
}

/** Data inside the instruction: fenced blocks, JSON, or lines that form a table. What is left is the instruction proper. */
function inInstruction(instruction: string): { text: string; sources: Source[] } {
  const sources: Source[] = []
  let text = instruction.replace(/```(\w*)[^\n]*\n([\s\S]*?)\n?```/g, (_whole, language: string, body: string, at: number) => {
    const name = nameBefore(instruction, at) ?? `table ${sources.length + 1}`
    const found = detect(body, FORMAT_NAMES[language.toLowerCase()])
    if (found) sources.push(readHere(found.format, found.text, name) ?? { kind: 'text', name, ...found })
    else sources.push({ kind: 'value', name, value: body })
    return '\n'
  })
  if (!text.includes('\n') && /\\n/.test(text)) text = text.replaceAll('\\n', '\n').replaceAll('\\t', '\t')
  for (const { value, start, end } of withLines(text, jsonIn(text)).toReversed()) {
    // [amount] in a formula or a list such as ["a", "b"] of a call is no data; {} says nothing.
    if (/\w$/.test(text.slice(0, start)) || JSON.stringify(value).length < 3 || /[=]\s*$/.test(text.slice(0, start))) continue
    const name = nameBefore(text, start) ?? `value ${sources.length + 1}`
    sources.push(...(isRows(value) ? [{ kind: 'rows' as const, name, rows: value }] : inValue(value, name, 1).toReversed()))
    text = `${text.slice(0, start)}\n${text.slice(end)}`
  }
  const block = tableLines(text)
  if (block) {
    sources.push(...block.sources)
    text = block.text
  }
  return { text: text.trim(), sources: sources.toReversed().sort((a, b) => rank(a) - rank(b)) }
}

/** Objects on lines of their own, one after the other, are the rows of one table (NDJSON). */
function withLines(text: string, found: { value: unknown; start: number; end: number }[]) {
  const merged: { value: unknown; start: number; end: number }[] = []
  for (const item of found) {
    const last = merged.at(-1)
    const isNext = last && isRecord(item.value) && (isRecord(last.value) || isRows(last.value)) && /^\s*\n\s*$/.test(text.slice(last.end, item.start))
    if (isNext) merged[merged.length - 1] = { value: [last.value, item.value].flat(), start: last.start, end: item.end }
    else merged.push(item)
  }
  return merged
}

const rank = (source: Source) => (source.kind === 'value' ? 1 : 0)

/** `customers:` in front of a block names it. */
function nameBefore(text: string, at: number): string | undefined {
  const said = /(?:^|[\s(])([\p{L}_][\p{L}\p{N}_-]*)\s*(?:[:=]|is|are|table|data)?\s*$/iu.exec(text.slice(Math.max(0, at - 60), at))?.[1]
  return said && !/^(?:this|that|these|is|are|it|data|json|csv|tsv|xml|yaml|following|below|here|to|of|from|and|the|against|with|into)$/i.test(said)
    ? said
    : undefined
}

/** Runs of lines in the instruction that together are a table or another format. Blank lines part them. */
function tableLines(text: string): { text: string; sources: Source[] } | undefined {
  const lines = text.split(/\r?\n/)
  const sources: Source[] = []
  const kept: string[] = []
  let at = 0
  while (at < lines.length) {
    let end = at
    while (end < lines.length && (lines[end] as string).trim() !== '') end++
    const found = longestTable(lines, at, end)
    if (found) {
      kept.push(...lines.slice(at, found.from))
      const before = lines.slice(0, found.from).join('\n').trimEnd()
      const name = nameBefore(before, before.length) ?? `table ${sources.length + 1}`
      // A run of such lines in one block can only be told apart where their widths differ; the first wins.
      sources.push(readHere(found.is.format, found.is.text, name) ?? { kind: 'text', name, ...found.is })
      at = found.to
    } else {
      kept.push(...lines.slice(at, end + 1))
      at = end + 1
    }
  }
  return sources.length > 0 ? { text: kept.join('\n'), sources: sources.toReversed() } : undefined
}

function longestTable(lines: string[], from: number, to: number): { from: number; to: number; is: Detected } | undefined {
  for (let start = from; start < Math.min(to - 1, from + 20); start++) {
    const first = lines[start] as string
    // A numbered or dashed line is an instruction; so is one that ends like a sentence.
    if (/^\s*(?:\d+[.)]\s|[-*•]\s)/.test(first) || /[:.!?]\s*$/.test(first)) continue
    const whole = detect(lines.slice(start, to).join('\n'))
    if (!whole) continue
    if (whole.format !== 'csv' && whole.format !== 'tsv') return { from: start, to, is: whole }
    const delimiter = whole.delimiter ?? ','
    if (!first.includes(delimiter)) continue
    let end = to
    // A closing sentence straight after the table is not a row of it.
    while (end - start > 2 && !(lines[end - 1] as string).includes(delimiter)) end--
    return { from: start, to: end, is: { ...whole, text: lines.slice(start, end).join('\n') } }
  }
  return undefined
}

/** Reads delimited text where no tool is offered that could. Numbers become numbers where nothing is lost by it. */
export function readDelimited(text: string, delimiter: string): Row[] {
  const records: string[][] = []
  let record: string[] = []
  let cell = ''
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    if (quoted) {
      if (char !== '"') cell += char
      else if (text[at + 1] === '"') {
        cell += '"'
        at++
      } else quoted = false
    } else if (char === '"' && cell === '') quoted = true
    else if (char === delimiter) {
      record.push(cell)
      cell = ''
    } else if (char === '\n') {
      records.push([...record, cell.replace(/\r$/, '')])
      record = []
      cell = ''
    } else cell += char
  }
  if (cell !== '' || record.length > 0) records.push([...record, cell])
  const [head, ...body] = records.filter((cells) => cells.some((item) => item.trim() !== ''))
  if (!head) return []
  return body.map((cells) => Object.fromEntries(head.map((name, at): [string, unknown] => [name.trim(), asCell(cells[at] ?? '')])))
}

function asCell(text: string): unknown {
  const trimmed = text.trim()
  if (trimmed === '') return null
  return /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?$/.test(trimmed) ? Number(trimmed) : trimmed
}
