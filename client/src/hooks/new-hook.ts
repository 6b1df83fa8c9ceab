import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from '../cli/exit-codes.ts'
import { linkContract } from './link-contract.ts'
import { writeEndpoints } from './load-hook.ts'

/** Makes a folder with a ForgeHook that works: manifest, handler, test; of endpoints, or of lifecycle hooks. @returns its path. */
export async function newHook(name: string, into: string, lifecycle = false): Promise<{ folder: string; files: string[] }> {
  const id = name.toLowerCase()
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id) || id.length > 40)
    throw new UsageError(`the name: must be at most 40 lower-case letters, digits and hyphens, like currency-rates; not '${name}'`)
  const folder = resolve(into, id)
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new UsageError(`the folder ${folder} is not empty`)
  mkdirSync(folder, { recursive: true })
  const files = template(id, lifecycle)
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
  linkContract(folder)
  await writeEndpoints(folder)
  return { folder, files: Object.keys(files) }
}

function template(id: string, lifecycle: boolean): Record<string, string> {
  const title = id.replaceAll('-', ' ').replace(/^./, (first) => first.toUpperCase())
  return {
    'forgehook.json': `${JSON.stringify(manifest(id, title), null, 2)}\n`,
    'index.ts': lifecycle ? lifecycleIndex : index,
    'index.test.ts': lifecycle ? lifecycleTest : test,
    'package.json': `${JSON.stringify({ name: id, private: true, type: 'module' }, null, 2)}\n`,
    'tsconfig.json': `${JSON.stringify({ compilerOptions }, null, 2)}\n`,
    '.gitignore': 'node_modules/\n*.hook.json\n',
  }
}

const compilerOptions = {
  target: 'es2024',
  module: 'nodenext',
  strict: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  types: [],
}

function manifest(id: string, name: string) {
  return {
    id,
    name,
    version: '0.1.0',
    description: 'What agents can do with it, in a sentence.',
    runtime: { type: 'code', language: 'typescript', entry: './index.ts' },
    permissions: { network: [], store: false },
    limits: { timeout_ms: 5_000, memory_mb: 64, output_bytes: 1_000_000 },
    endpoints: [],
  }
}

const index = `import { defineHook, HookError } from '@cadre/contract/forgehook'

export default defineHook({
  '/share': {
    description: 'Divides an amount of money among people, to the cent: nothing is lost, the first pay what is left over.',
    effect: 'read',
    input: {
      type: 'object',
      properties: {
        cents: { type: 'integer', minimum: 0, description: 'The amount in cents.' },
        people: { type: 'array', items: { type: 'string' }, minItems: 1, description: 'The names of those who share it.' },
      },
      required: ['cents', 'people'],
      additionalProperties: false,
    },
    output: { type: 'object', additionalProperties: { type: 'integer' } },
    examples: [{ title: 'A cent is left over', input: { cents: 1000, people: ['Ana', 'Bo', 'Cy'] }, output: { Ana: 334, Bo: 333, Cy: 333 } }],
    // The type of the input follows from the schema above.
    handler({ cents, people }) {
      if (new Set(people).size < people.length) throw new HookError('must not name anybody twice', 'people')
      const each = Math.floor(cents / people.length)
      const left = cents % people.length
      return Object.fromEntries(people.map((name, i) => [name, each + (i < left ? 1 : 0)]))
    },
  },
})
`

const test = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import hook from './index.ts'

const share = hook['/share']

test('nothing is lost', () => {
  for (let cents = 0; cents < 100; cents++) {
    const shares = share({ cents, people: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] }, {})
    assert.equal(Object.values(shares).reduce((sum, each) => sum + each), cents)
  }
})

test('a name that comes twice is refused', () => {
  assert.throws(() => share({ cents: 1, people: ['a', 'a'] }, {}), /people: must not name anybody twice/)
})
`

const lifecycleIndex = `import { defineHook } from '@cadre/contract/forgehook'

export default defineHook(
  {},
  {
    before_message_send: {
      description: 'Writes the names of our products as they are to be written.',
      changes: true,
      examples: [
        {
          input: {
            options: {},
            message: { content: 'What does acme cloud cost?', attachments: 0, thread_id: null, edit: false },
            conversation: { id: 'cnv_1', kind: 'dm', title: null },
            author: { kind: 'user', id: 'usr_1' },
            agents: [{ id: 'agt_1', name: 'Sales' }],
          },
          output: { content: 'What does ACME Cloud cost?' },
        },
      ],
      // An answer without content leaves the message as it is; { refuse: 'why' } does not let it pass.
      handler({ message }) {
        return { content: message.content.replace(/\\bacme cloud\\b/gi, 'ACME Cloud') }
      },
    },
  },
)
`

const lifecycleTest = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import hook from './index.ts'

const send = (content) => hook['/before_message_send']({ options: {}, message: { content } }, {})

test('the name is written as it is to be written', () => {
  assert.deepEqual(send('Acme cloud, ACME CLOUD'), { content: 'ACME Cloud, ACME Cloud' })
})

test('everything else stays as it is', () => {
  assert.deepEqual(send('acmecloud'), { content: 'acmecloud' })
})
`
