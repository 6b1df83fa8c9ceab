import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { isRecord } from './words.ts'
import type { OfferedTool, Outcome, PastCall } from './types.ts'

export type PlannedCall = { tool: string; input: unknown }

/** Thrown through a plan to say: these calls have to be answered before it can go on. */
export class Pending extends Error {
  readonly calls: PlannedCall[]
  constructor(calls: PlannedCall[]) {
    super('waiting for tools')
    this.calls = calls
  }
}

/** What came of asking for something that one of several tools could do. */
export type Attempt = { ok: true; value: unknown; tool: string } | { ok: false; error: string; tool: string | null }

export type Toolbox = {
  offered: OfferedTool[]
  find: (name: string) => OfferedTool | undefined
  /** The answer of one tool; throws `Pending` when it has not been asked yet. */
  call: (tool: string, input: unknown) => Outcome
  /** The first of the calls whose tool is offered and takes the input; one other is tried after an error. */
  attempt: (candidates: PlannedCall[], lacking: string) => Attempt
}

export function toolbox(offered: OfferedTool[], past: PastCall[]): Toolbox {
  const byName = new Map(offered.map((tool) => [tool.name, tool]))
  const keys = past.map((call) => keyOf(call.tool, call.input))
  const asked = new Map<string, Outcome>()

  function call(tool: string, input: unknown): Outcome {
    const key = keyOf(tool, input)
    const known = asked.get(key)
    if (known) return known
    let at = keys.indexOf(key)
    // An engine may have filled in defaults: then the place in the sequence says which answer is whose.
    if (at < 0 && past[asked.size]?.tool === tool && !wasAskedFor(asked.size)) at = asked.size
    const outcome = past[at]?.outcome
    if (!outcome) throw new Pending([{ tool, input }])
    asked.set(key, outcome)
    claimed.add(at)
    return outcome
  }
  const claimed = new Set<number>()
  const wasAskedFor = (at: number) => claimed.has(at)

  function attempt(candidates: PlannedCall[], lacking: string): Attempt {
    let failed: { error: string; tool: string } | undefined
    let errors = 0
    for (const { tool, input } of candidates) {
      const known = byName.get(tool)
      // A tool that is no longer offered may have answered while it was.
      if ((!known && !keys.includes(keyOf(tool, input))) || errors > 1) continue
      const refusal = known && refusalOf(known, input)
      if (refusal) {
        failed ??= { error: `it does not take this input (${refusal})`, tool }
        continue
      }
      const outcome = call(tool, input)
      if (outcome.ok) return { ok: true, value: outcome.value, tool }
      errors++
      failed = { error: outcome.error, tool }
    }
    return failed ? { ok: false, ...failed } : { ok: false, error: lacking, tool: null }
  }

  return { offered, find: (name) => byName.get(name), call, attempt }
}

/** Runs each piece as far as it goes, so that calls which do not wait for one another are asked for in one turn. */
export function together<T>(pieces: (() => T)[]): T[] {
  const waiting: PlannedCall[] = []
  const done: T[] = []
  for (const piece of pieces) {
    try {
      done.push(piece())
    } catch (error) {
      if (!(error instanceof Pending)) throw error
      for (const call of error.calls) if (!waiting.some((item) => keyOf(item.tool, item.input) === keyOf(call.tool, call.input))) waiting.push(call)
    }
  }
  if (waiting.length > 0) throw new Pending(waiting)
  return done
}

function keyOf(tool: string, input: unknown): string {
  return `${tool} ${JSON.stringify(sorted(typeof input === 'string' ? parsed(input) : input))}`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .filter((key) => value[key] !== undefined)
      .map((key): [string, unknown] => [key, sorted(value[key])]),
  )
}

const ajv = new Ajv2020({ strict: false, validateSchema: false, validateFormats: false, logger: false })
const compiled = new Map<string, ValidateFunction | null>()

/** Why a tool's own schema refuses an input, or undefined. A schema that does not compile refuses nothing. */
export function refusalOf(tool: OfferedTool, input: unknown): string | undefined {
  const validate = validator(tool)
  if (!validate || validate(input)) return undefined
  const first = validate.errors?.[0]
  return `${first?.instancePath || 'input'} ${first?.message ?? 'is not valid'}${isRecord(first?.params) && typeof first.params.additionalProperty === 'string' ? `: ${first.params.additionalProperty}` : ''}`
}

function validator(tool: OfferedTool): ValidateFunction | null {
  const { $schema: _dialect, $id: _id, ...schema } = tool.schema
  const key = JSON.stringify(schema)
  const known = compiled.get(key)
  if (known !== undefined) return known
  if (compiled.size > 500) compiled.clear()
  let validate: ValidateFunction | null = null
  try {
    validate = ajv.compile(schema)
  } catch {
    validate = null
  }
  compiled.set(key, validate)
  return validate
}

/** The word of several that a tool's schema knows for a property, wherever in the schema it lies; the first where it lists none. */
export function wordFor(tool: OfferedTool | undefined, property: string, candidates: string[]): string {
  const known = tool ? enumOf(tool.schema, property) : undefined
  return (known && candidates.find((item) => known.includes(item))) ?? (candidates[0] as string)
}

function enumOf(schema: unknown, property: string, depth = 0): unknown[] | undefined {
  if (depth > 12) return undefined
  if (Array.isArray(schema)) return first(schema, (item) => enumOf(item, property, depth + 1))
  if (!isRecord(schema)) return undefined
  if (isRecord(schema.properties) && isRecord(schema.properties[property])) {
    const own = valuesOf(schema.properties[property])
    if (own.length > 0) return own
  }
  return first(Object.values(schema), (item) => enumOf(item, property, depth + 1))
}

function valuesOf(schema: unknown): unknown[] {
  if (!isRecord(schema)) return []
  if (Array.isArray(schema.enum)) return schema.enum
  if (schema.const !== undefined) return [schema.const]
  return [
    ...(Array.isArray(schema.anyOf) ? schema.anyOf : []),
    ...(Array.isArray(schema.oneOf) ? schema.oneOf : []),
    ...(isRecord(schema.items) ? [schema.items] : []),
  ].flatMap(valuesOf)
}

function first<T, R>(items: T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

export function propertiesOf(tool: OfferedTool): { name: string; schema: Record<string, unknown>; required: boolean }[] {
  const { properties, required } = tool.schema
  if (!isRecord(properties)) return []
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    schema: isRecord(schema) ? schema : {},
    required: required?.includes(name) ?? false,
  }))
}

export function takes(tool: OfferedTool | undefined, property: string): boolean {
  return tool !== undefined && propertiesOf(tool).some((item) => item.name === property)
}
