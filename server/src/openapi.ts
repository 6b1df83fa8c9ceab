import { contract } from '@cadre/contract'
import { errorStatus } from '@cadre/contract/errors'
import { RunEvent } from '@cadre/contract/run-events'
import { Run } from '@cadre/contract/runs'
import { OpenAPIGenerator } from '@orpc/openapi'
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4'

type Schema = Record<string, unknown>
type Content = Record<string, { schema: Schema }>
type Operation = {
  operationId?: string
  parameters?: unknown[]
  responses?: Record<string, { description: string; content?: Content; headers?: unknown }>
  tags?: string[]
}

let made: Promise<unknown> | undefined

/** The contract as OpenAPI 3.1, with the envelope as it goes over the wire. */
export function openapi() {
  made ??= generate()
  return made
}

async function generate() {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] })
  const document = await generator.generate(contract, {
    info: { title: 'Cadre', version: '0.1.0', description: 'A self-hosted home for AI agents.' },
    servers: [{ url: '/api/v1' }],
    security: [{}, { key: [] }, { bearer: [] }, { session: [] }],
    components: {
      securitySchemes: {
        key: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'cadre_session' },
      },
    },
    commonSchemas: { Run: { schema: Run, strategy: 'output' }, RunEvent: { schema: RunEvent, strategy: 'output' } },
  })
  const schemas = ((document.components ??= {}).schemas ??= {}) as Record<string, Schema>
  schemas.Error = errorSchema
  for (const path of Object.values(document.paths ?? {})) {
    for (const operation of Object.values(path ?? {})) describe(operation as Operation)
  }
  return document
}

function describe(operation: Operation) {
  const [group = ''] = operation.operationId?.split('.') ?? []
  operation.tags = [group]
  const responses = (operation.responses ??= {})
  const run = { $ref: '#/components/schemas/Run' }
  const events = { 'text/event-stream': { schema: { $ref: '#/components/schemas/RunEvent' } } }
  if (operation.operationId === 'runs.start') responses[200] = { description: 'The run has ended', content: { 'application/json': { schema: run } } }
  for (const response of Object.values(responses)) {
    const json = response.content?.['application/json']
    if (json) json.schema = envelope(json.schema)
  }
  if (operation.operationId === 'runs.start')
    responses[200] = {
      ...responses[200],
      description: 'The run has ended; or its events, with stream: true',
      content: { ...responses[200]?.content, ...events },
    }
  if (operation.operationId === 'runs.follow') responses[200] = { description: 'Its events, numbered for Last-Event-ID', content: events }
  if (['runs.start', 'runs.retry', 'runs.fork', 'runs.get'].includes(operation.operationId ?? '')) {
    const headers = { Location: { schema: { type: 'string' } }, 'Retry-After': { schema: { type: 'integer' } } }
    responses[202] = { description: 'The run has not ended; ask Location again', headers, content: { 'application/json': { schema: envelope(run) } } }
  }
  if (['runs.start', 'runs.retry', 'runs.fork'].includes(operation.operationId ?? '')) {
    const schema = { type: 'string', minLength: 1, maxLength: 200 }
    operation.parameters = [
      ...(operation.parameters ?? []),
      { name: 'Idempotency-Key', in: 'header', required: false, description: 'The second call with a key gets the first run.', schema },
    ]
  }
  if (operation.operationId === 'runs.follow') {
    operation.parameters = [...(operation.parameters ?? []), { name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' } }]
  }
  responses.default = { description: 'An error', content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } }
}

function envelope(data: Schema): Schema {
  const success = { const: true }
  const properties = data.properties as Record<string, Schema> | undefined
  if (properties?.items && properties.next_cursor) {
    const page = { success, data: properties.items, count: { type: 'integer' }, next_cursor: properties.next_cursor }
    return { type: 'object', properties: page, required: Object.keys(page) }
  }
  return { type: 'object', properties: { success, data }, required: ['success', 'data'] }
}

const errorSchema: Schema = {
  type: 'object',
  properties: {
    success: { const: false },
    error: { type: 'string', description: 'What is wrong and what to do, in one sentence' },
    code: { enum: Object.keys(errorStatus) },
    issues: {
      type: 'array',
      items: { type: 'object', properties: { path: { type: 'string' }, message: { type: 'string' } }, required: ['path', 'message'] },
    },
    request_id: { type: 'string' },
  },
  required: ['success', 'error', 'code', 'issues', 'request_id'],
}
