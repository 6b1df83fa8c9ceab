import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { type HookContext, HookError } from '@cadre/contract/forgehook'
import { type LifecycleHook, lifecycleOf, type LifecyclePoint, messagePoints } from '@cadre/contract/lifecycle-hooks'
import { lifecycleInput, lifecycleOutput } from '@cadre/contract/lifecycle'
import { type HookEndpoint, toolName } from '@cadre/contract/manifest'
import { ungranted } from '@cadre/contract/ungranted'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { z } from 'zod'
import { type AuthoredHook, isUpToDate, loadHook } from './load-hook.ts'

export type Check = { name: string; problem: string | null }

/**
 * What `cadre plugins test` does: the manifest fits the code, schemas compile, every example gives what it says, and the folder's own tests
 * pass. Nothing of it needs a server or a network; examples get a store in memory and no other way out.
 */
export async function testHook(
  folder: string,
  onCheck: (check: Check) => void,
): Promise<{ checks: Check[]; ownTests: 'passed' | 'failed' | 'none' }> {
  const hook = await loadHook(folder)
  const checks: Check[] = []
  const note = (name: string, problem: string | null) => {
    const check = { name, problem }
    checks.push(check)
    onCheck(check)
  }
  note(
    'forgehook.json says what the code says',
    isUpToDate(hook) ? null : `its endpoints or lifecycle hooks differ; 'cadre plugins pack' writes them`,
  )
  const { endpoints, lifecycle } = hook.defined ?? hook.manifest
  const points = lifecycleOf({ lifecycle })
  const known = new Set([...endpoints.map(({ path }) => path), ...points.map(({ point }) => `/${point}`)])
  for (const path of Object.keys(hook.handlers)) if (!known.has(path)) note(path, 'has a handler, and is not in forgehook.json')
  if (known.size === 0) note('endpoints', 'there are none')
  for (const endpoint of endpoints) await testEndpoint(hook, endpoint, note)
  for (const { point, hook: described } of points) await testPoint(hook, point, described, note)
  return { checks, ownTests: await runOwnTests(hook.folder) }
}

type Note = (name: string, problem: string | null) => void

async function testEndpoint(hook: AuthoredHook, endpoint: HookEndpoint, note: Note) {
  const { path, examples = [] } = endpoint
  const handler = hook.handlers[path]
  const compiled = compile(endpoint)
  if (!handler) return note(path, 'has no handler')
  if (typeof compiled === 'string') return note(path, compiled)
  note(`${path} is ${toolName(hook.manifest.id, path)}`, null)
  for (const [i, { title, input, output }] of examples.entries()) {
    const name = `${path} example ${i + 1}${title ? `: ${title}` : ''}`
    const wrong = problemsOf(compiled.input, input)
    if (wrong) note(name, `its input does not fit the schema: ${wrong}`)
    else
      note(
        name,
        await runExample(
          () => handler(input, contextOf(hook)),
          (said) => compiled.output && problemsOf(compiled.output, said),
          output,
        ),
      )
  }
}

async function testPoint(hook: AuthoredHook, point: LifecyclePoint, { examples = [], changes }: LifecycleHook, note: Note) {
  const handler = hook.handlers[`/${point}`]
  if (!handler) return note(point, 'has no handler')
  note(`${point} is called once a workspace switches it on`, null)
  for (const [i, { title, input, output }] of examples.entries()) {
    const name = `${point} example ${i + 1}${title ? `: ${title}` : ''}`
    const wrong = wordsOf(lifecycleInput[point], input)
    const problem = (said: unknown) => {
      const mayNot = messagePoints.has(point) && !changes && typeof said === 'object' && said !== null && 'content' in said
      return mayNot ? 'it changes the message, which needs "changes": true' : wordsOf(lifecycleOutput[point], said)
    }
    if (wrong) note(name, `its input is not what is given there: ${wrong}`)
    else note(name, await runExample(() => handler(input, contextOf(hook)), problem, output))
  }
}

function wordsOf(schema: z.ZodType, value: unknown): string | null {
  const { error } = schema.safeParse(value)
  return error ? error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ') : null
}

async function runExample(run: () => unknown, problem: (output: unknown) => string | null, expected: unknown): Promise<string | null> {
  try {
    const output: unknown = JSON.parse(JSON.stringify((await run()) ?? null))
    const wrong = problem(output)
    if (wrong) return `its output does not fit the schema: ${wrong}`
    if (expected === undefined || isDeepStrictEqual(output, expected)) return null
    return `gave ${JSON.stringify(output)}, not ${JSON.stringify(expected)}`
  } catch (error) {
    return error instanceof HookError ? `was refused: ${error.message}` : `failed: ${(error as Error).stack ?? String(error)}`
  }
}

function compile({ input, output }: HookEndpoint): { input: ValidateFunction; output: ValidateFunction | null } | string {
  const ajv = new Ajv2020({ strict: false, logger: false })
  formats.default(ajv)
  try {
    return { input: ajv.compile(input), output: output ? ajv.compile(output) : null }
  } catch (error) {
    return `its schema cannot be used: ${(error as Error).message}`
  }
}

function problemsOf(validate: ValidateFunction, value: unknown): string | null {
  if (validate(value)) return null
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath || 'it'} ${message}`).join('; ')
}

function contextOf({ manifest }: AuthoredHook): HookContext {
  const kept = new Map<string, unknown>()
  const store: HookContext['store'] = {
    get: async (key) => kept.get(key) ?? null,
    set: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
    keys: async (prefix = '') => [...kept.keys()].filter((key) => key.startsWith(prefix)).sort(),
  }
  const base = { signal: new AbortController().signal, now: Date.now(), idempotencyKey: 'example', settings: {}, log: () => {} }
  return { ...base, ...ungranted, ...(manifest.permissions.store ? { store } : {}) }
}

async function runOwnTests(folder: string): Promise<'passed' | 'failed' | 'none'> {
  const files = readdirSync(folder).filter((name) => /\.test\.[cm]?[jt]s$/.test(name))
  if (files.length === 0) return 'none'
  // Their report goes to stderr, as everything that is said to people does.
  const child = spawn(process.execPath, ['--test', ...files], { cwd: folder, stdio: ['ignore', 2, 2] })
  const [code] = (await once(child, 'close')) as [number | null]
  return code === 0 ? 'passed' : 'failed'
}
