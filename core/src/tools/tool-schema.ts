import { type Issue, invalid } from '@cadre/contract/errors'
import type { JsonSchema } from '@cadre/contract/manifest'
import { Ajv, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { schemaProblems } from './schema-problems.ts'
import { ToolError } from './tool-error.ts'

/** What does not fit: `path` as in `rows[0].amount`, '' for the value itself, and a message that goes on from it: `is required`. */
export type Problem = Issue
export type Validate = (value: unknown) => Problem[]

// ajv turns a schema into code; one that is huge would hold up everybody while it compiles.
const maxSchemaChars = 200_000
const maxCached = 1000

// Unknown formats and keywords are notes to the reader, as the drafts say. Nothing is kept inside: two schemas may have the same $id.
const options = { strict: false, logger: false, addUsedSchema: false, verbose: true } as const
const drafts = new Map([
  ['https://json-schema.org/draft/2020-12/schema', draft(() => withFormats(new Ajv2020(options)))],
  ['http://json-schema.org/draft-07/schema', draft(() => withFormats(new Ajv(options)))],
])

const byObject = new WeakMap<JsonSchema, Validate>()
const byText = new Map<string, Validate>()

/** Throws an Error in plain words where the schema is not one. Compiling the same schema again costs nothing. */
export function compileSchema(schema: JsonSchema): Validate {
  const known = byObject.get(schema)
  if (known) return known
  const text = JSON.stringify(schema)
  if (text.length > maxSchemaChars) throw new Error(`is a schema of ${text.length} characters; the limit is ${maxSchemaChars}`)
  let validate = byText.get(text)
  if (!validate) {
    validate = compile(schema)
    const oldest = byText.size >= maxCached ? byText.keys().next().value : undefined
    if (oldest !== undefined) byText.delete(oldest)
    byText.set(text, validate)
  }
  byObject.set(schema, validate)
  return validate
}

/** Refuses, naming the field, a schema that does not compile. */
export function checkSchema(schema: JsonSchema, path: string) {
  try {
    compileSchema(schema)
  } catch (error) {
    throw invalid(path, (error as Error).message)
  }
}

export function validateInput(tool: { input: JsonSchema }, input: unknown) {
  const problems = compileSchema(tool.input)(input)
  if (problems.length > 0)
    throw new ToolError(problems.map((each) => (each.path === '' ? `the input ${each.message}` : `${each.path}: ${each.message}`)).join('; '))
}

export function validateOutput(tool: { name: string; output: JsonSchema | undefined }, output: unknown) {
  if (!tool.output) return
  const problems = compileSchema(tool.output)(output)
  if (problems.length === 0) return
  const words = problems.map((each) => `${each.path || 'it'} ${each.message}`).join('; ')
  throw new ToolError(`'${tool.name}' answered something that its own output schema does not allow: ${words}`, { uncertain: true })
}

function compile(schema: JsonSchema): Validate {
  const ajv = draftOf(schema)
  let validate: ValidateFunction
  try {
    validate = ajv.compile(schema)
  } catch (error) {
    throw new Error(inWords(error as Error & { missingRef?: string }), { cause: error })
  } finally {
    ajv.removeSchema(schema) // ajv would keep it for good; our own table forgets the oldest
  }
  return (value) => (validate(value) ? [] : schemaProblems(validate.errors ?? []))
}

// Nothing is ever fetched to understand a schema.
function inWords({ message, missingRef }: Error & { missingRef?: string }) {
  if (missingRef === undefined) return `is not a valid JSON Schema: ${message.replace(/^schema is invalid: data/, '')}`
  return `refers to '${missingRef}', which is not in it; only references within it work, like #/$defs/name`
}

function draftOf(schema: JsonSchema): Ajv {
  const named = schema['$schema']
  if (named !== undefined && typeof named !== 'string') throw new Error('has a $schema that is not text')
  const uri = named?.replace(/#$/, '') ?? 'https://json-schema.org/draft/2020-12/schema'
  const draft = drafts.get(uri) ?? drafts.get(uri.replace(/^https:/, 'http:'))
  if (!draft) throw new Error(`has the $schema '${uri}'; draft 2020-12 and draft 7 are known`)
  // ajv remembers inner $ids beyond one schema, so those that have some get an instance of their own.
  return JSON.stringify(schema).includes('"$id"') ? draft.make() : draft.shared()
}

function draft(make: () => Ajv) {
  let made: Ajv | undefined
  const shared = () => (made ??= make())
  return { make, shared }
}

function withFormats(ajv: Ajv) {
  formats.default(ajv)
  return ajv
}
