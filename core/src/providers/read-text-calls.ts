import { repairJson } from './repair-json.ts'

export type TextCall = { tool: string; input: string }

/**
 * The tool calls that a text is, when all of it is calls of tools that exist: `{"name", "arguments"}` bare, in a list, in a fenced block or
 * in <tool_call> tags. A text with anything else in it is a text.
 * @param whole false when the model was stopped in mid-sentence: then nothing is mended.
 */
export function readTextCalls(text: string, tools: ReadonlySet<string>, whole: boolean): TextCall[] | undefined {
  const pieces = piecesOf(text.trim())
  if (pieces.length === 0) return undefined
  const calls: TextCall[] = []
  for (const piece of pieces) {
    const value = parse(piece, whole)
    const list = Array.isArray(value) ? value : [value]
    if (list.length === 0) return undefined
    for (const each of list) {
      const call = callFrom(each, tools)
      if (!call) return undefined
      calls.push(call)
    }
  }
  return calls
}

/** Whether a text that begins like this can still turn out to be calls. */
export function mayBeCalls(text: string): boolean {
  const start = text.trimStart()
  return ['{', '[', '```', '<tool_call>', '[TOOL_CALLS]'].some((mark) => start.startsWith(mark) || mark.startsWith(start))
}

function piecesOf(text: string): string[] {
  if (text.startsWith('<tool_call>')) {
    // The last tag is often left open.
    const pieces = text.split('<tool_call>').slice(1)
    return pieces.every((piece, i) => /<\/tool_call>\s*$/.test(piece) || i === pieces.length - 1)
      ? pieces.map((piece) => piece.replace(/<\/tool_call>\s*$/, ''))
      : []
  }
  const fenced = /^```(?:json|tool_call|tool_code)?\s*\n([\s\S]*?)\n?```$/.exec(text)
  if (fenced) return [fenced[1] ?? '']
  if (text.startsWith('[TOOL_CALLS]')) return [text.slice('[TOOL_CALLS]'.length)]
  return /^[{[]/.test(text) ? [text] : []
}

function parse(text: string, whole: boolean): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return whole ? repairJson(text) : undefined
  }
}

const allowed = new Set(['name', 'arguments', 'parameters', 'id', 'type', 'function'])

function callFrom(value: unknown, tools: ReadonlySet<string>): TextCall | undefined {
  if (!isObject(value) || Object.keys(value).some((key) => !allowed.has(key))) return undefined
  if (isObject(value['function'])) return callFrom(value['function'], tools)
  const name = value['name'] ?? value['function']
  const given = value['arguments'] ?? value['parameters']
  if (typeof name !== 'string' || !tools.has(name)) return undefined
  const input = typeof given === 'string' ? parse(given, false) : given
  return isObject(input) ? { tool: name, input: JSON.stringify(input) } : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
