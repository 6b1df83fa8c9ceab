import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cadre } from '../test/cadre.ts'
import { plugin, provider } from '../test/samples.ts'
import { nobody, startWire } from '../test/wire.ts'

function folder() {
  const cwd = mkdtempSync(join(tmpdir(), 'cadre-cli-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  return cwd
}

test('all is well', async () => {
  const off = provider({ id: 'openai', usable: false, reason: 'there is no key; set OPENAI_API_KEY' })
  const wire = await startWire({
    'providers.list': () => ({ items: [provider(), off], next_cursor: null }),
    'plugins.list': () => ({ items: [plugin], next_cursor: null }),
  })
  const cwd = folder()
  const { code, stdout } = await cadre(['doctor', '--data-dir', '.'], { url: wire.url, cwd })
  expect(code).toBe(0)
  expect(stdout).toBe(
    [
      `ok       node       ${process.version}`,
      `ok       data       ${cwd} can be written`,
      `ok       server     answers at ${wire.url}`,
      'ok       providers  usable: builtin/planner',
      'note     providers  openai is not usable: there is no key; set OPENAI_API_KEY',
      'ok       plugins    1 plugin with 1 tool',
      '',
    ].join('\n'),
  )
})

test('no server, no data folder: what to do; exit code 1', async () => {
  const cwd = folder()
  const url = await nobody()
  const { code, stdout } = await cadre(['doctor'], { url, cwd })
  expect(code).toBe(1)
  expect(stdout).toContain(`note     data       ${join(cwd, 'data')} does not exist yet -> \`cadre start\` makes it`)
  expect(stdout).toContain(`problem  server     No Cadre server answers at ${url} (ECONNREFUSED). -> start one with \`cadre start\``)
  expect(stdout).toContain('skipped  providers  cannot be asked')
})

test('a server that wants a key, and one without providers and plugins', async () => {
  const locked = await startWire({}, { apiKey: 'k1' })
  expect((await cadre(['doctor', '--json'], { url: locked.url })).code).toBe(1)
  const findings = JSON.parse((await cadre(['doctor', '--json'], { url: locked.url })).stdout)
  expect(findings).toContainEqual({
    check: 'server',
    state: 'problem',
    text: 'The API key is not valid.',
    advice: 'give the key of the server by CADRE_API_KEY or --api-key',
  })
  const empty = await startWire({
    'providers.list': () => ({ items: [], next_cursor: null }),
    'plugins.list': () => ({ items: [], next_cursor: null }),
  })
  const { code, stdout } = await cadre(['doctor'], { url: empty.url })
  expect(code).toBe(1)
  expect(stdout).toContain('problem  providers  none is usable -> set OPENAI_API_KEY')
  expect(stdout).toContain('problem  plugins    none is loaded -> ')
})
