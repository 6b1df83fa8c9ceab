import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { CadreError, type ErrorCode } from '@cadre/contract/errors'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cadre } from '../test/cadre.ts'
import { agent } from '../test/samples.ts'
import { nobody, startWire } from '../test/wire.ts'

describe.concurrent('a command line that cannot be meant', () => {
  test.each([
    [['agnets', 'list'], /unknown command 'agnets'\n\(Did you mean agents\?\)/],
    [['agents', 'lst'], /unknown command 'lst'\n\(Did you mean list\?\)/],
    [['agents', 'list', '--limt', '3'], /unknown option '--limt'\n\(Did you mean --limit\?\)/],
    [['runs', 'list', '--jsn'], /unknown option '--jsn'\n\(Did you mean --json\?\)/],
    [['start', '--prot', '4001'], /unknown option '--prot'\n\(Did you mean --port\?\)/],
    [['agents', 'list', 'all'], /too many arguments/],
    [['agents', 'get'], /missing required argument 'agent'/],
    [['agents', 'apply'], /required option '-f, --file <file\|->' not specified/],
    [['agents', 'list', '--limit', 'many'], /'--limit <n>' argument 'many' is invalid\. It must be a whole number/],
    [['runs', 'list', '--status', 'done'], /Allowed choices are pending, running/],
    [['runs', 'list', '--from', 'yesterday'], /It must be a date like 2024-03-05/],
    [['runs', 'resolve', 'run_1', 'maybe'], /It must be happened, did-not-happen or run-again/],
    [['run', 'helper', 'x', '--timeout', '0'], /It must be a number of seconds above 0/],
    [['run', 'helper', 'x', '--key', 'ключ'], /printable ASCII/],
    [['run', 'helper'], /the input is empty/],
    [['run', 'helper', 'x', '--data', 'nowhere.json'], /--data: nowhere\.json cannot be read: there is no such file/],
    [['run', 'helper', '--data', '-'], /--data and the input cannot both come from standard input/],
    [['agents', 'create'], /say what to make/],
    [['agents', 'create', '--name', 'x', '--prompt', 'a', '--prompt-file', 'b'], /both given/],
    [['agents', 'list', '--url', 'localhost:4000'], /--url \(or CADRE_URL\): "localhost:4000" is not an http or https address/],
    [['agents', 'list', '--api-key', 'a b'], /--api-key \(or CADRE_API_KEY\): must be printable ASCII/],
    [['providers', 'add', 'x', '--key-env', 'NOT_SET_ANYWHERE'], /NOT_SET_ANYWHERE is not set/],
    [['providers', 'add', 'x', '--concurrent', 'many'], /'--concurrent <n>' argument 'many' is invalid/],
    [['providers', 'aliases', 'set', 'x'], /missing required argument 'model'/],
    [
      ['providers', 'add', 'x', '--type', 'other'],
      /Allowed choices are openai, anthropic, google, mistral, azure, bedrock, ollama, lmstudio, gguf, custom/,
    ],
  ])('%j: exit code 2, and says why', async (args, message) => {
    const { code, stdout, stderr } = await cadre(args, { stdin: args.includes('--data') ? 'x' : '' })
    expect(stderr.replaceAll('\n\n', '\n')).toMatch(message)
    expect([code, stdout]).toEqual([2, ''])
  })

  test.each([[[]], [['agents']], [['runs']]])('%j shows the help on stderr', async (args) => {
    const { code, stdout, stderr } = await cadre(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^Usage: cadre /)
  })

  test('with --json the reason is one line of JSON', async () => {
    const { code, stderr } = await cadre(['agents', 'lst', '--json'])
    expect(code).toBe(2)
    expect(JSON.parse(stderr)).toMatchObject({ code: 'USAGE', error: expect.stringContaining("unknown command 'lst'") })
  })
})

describe.concurrent('help', () => {
  test.each([[[]], [['run']], [['agents', 'create']], [['runs', 'follow']], [['providers', 'add']], [['start']], [['doctor']]])(
    '%j --help goes to stdout',
    async (args) => {
      const { code, stdout, stderr } = await cadre([...args, '--help'])
      expect([code, stderr]).toEqual([0, ''])
      expect(stdout).toMatch(/^Usage: cadre /)
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110)
      if (args.length !== 1 || args[0] !== 'doctor') expect(stdout).toContain('Examples:')
    },
  )

  test('--version', async () => {
    expect(await cadre(['--version'])).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' })
  })
})

describe('what the server refuses', () => {
  test.each<[ErrorCode, number]>([
    ['AGENT_NOT_FOUND', 3],
    ['RUN_NOT_FOUND', 3],
    ['NOT_FOUND', 3],
    ['UNAUTHORIZED', 4],
    ['FORBIDDEN', 4],
    ['INVALID', 5],
    ['BAD_REQUEST', 5],
    ['AGENT_NAME_TAKEN', 5],
    ['PAYLOAD_TOO_LARGE', 5],
    ['UNSUPPORTED_MEDIA_TYPE', 5],
    ['TOO_MANY_REQUESTS', 1],
    ['INTERNAL', 1],
    ['UNAVAILABLE', 1],
  ])('%s: exit code %i', async (code, exit) => {
    const wire = await startWire({
      'agents.get': () => {
        throw new CadreError(code, 'The reason in words.')
      },
    })
    const result = await cadre(['agents', 'get', 'x'], { url: wire.url })
    expect(result.stderr).toMatch(/^cadre: The reason in words\./)
    expect([result.code, result.stdout]).toEqual([exit, ''])
  })

  test('every issue is named; with --json as they came', async () => {
    const issues = [
      { path: 'name', message: 'is required' },
      { path: 'tools[0]', message: 'there is no tool x' },
    ]
    const wire = await startWire({
      'agents.create': () => {
        throw new CadreError('INVALID', 'name: is required (and 1 more)', issues)
      },
    })
    const args = ['agents', 'create', '--prompt', 'x']
    // The contract's own schema refuses what has no name before the answer above; give one.
    args.push('--name', 'x')
    expect((await cadre(args, { url: wire.url })).stderr).toBe('cadre: name: is required (and 1 more)\n  tools[0]: there is no tool x\n')
    const { stderr } = await cadre([...args, '--json'], { url: wire.url })
    expect(JSON.parse(stderr)).toEqual({ error: 'name: is required (and 1 more)', code: 'INVALID', issues })
  })

  test('a missing key says how to give one; a given one is sent', async () => {
    const wire = await startWire({ 'agents.get': () => agent() }, { apiKey: 'k1' })
    const { code, stderr } = await cadre(['agents', 'get', 'x'], { url: wire.url })
    expect([code, stderr]).toEqual([4, 'cadre: The API key is not valid. Give the key by CADRE_API_KEY or --api-key.\n'])
    expect((await cadre(['agents', 'get', 'x', '--api-key', 'k1'], { url: wire.url })).code).toBe(0)
    expect((await cadre(['agents', 'get', 'x'], { url: wire.url, env: { CADRE_API_KEY: 'k1' } })).code).toBe(0)
  })

  test('no server: says so, and how to start one', async () => {
    const url = await nobody()
    const { code, stderr } = await cadre(['agents', 'list', '--url', url], { url: 'http://other.invalid' })
    expect([code, stderr]).toEqual([1, `cadre: No Cadre server answers at ${url}; start one with \`cadre start\`.\n`])
  })

  test('another program at the address is told apart', async () => {
    const other = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')).listen(0, '127.0.0.1')
    await once(other, 'listening')
    onTestFinished(() => void other.close().closeAllConnections())
    const { code, stderr } = await cadre(['agents', 'list'], { url: `http://127.0.0.1:${(other.address() as AddressInfo).port}` })
    expect(code).toBe(1)
    expect(stderr).toMatch(/is no Cadre server: it answered 200 with text\/html/)
  })
})
