import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Run } from '@cadre/contract/runs'
import { api, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { openBrowser, openPage } from './open-browser.ts'

// How fast the page of a long run opens, in Chromium, printed: `node e2e/browser/run-figures.ts`. Nothing is asserted: it depends on the machine.

const stepCount = 30_000
const perCall = 10
const largeBytes = 20_000

/** Puts a long journal in the place of that of a run that was executed; each `large`-th result is large. */
function lengthen(file: string, runId: string, large: number) {
  const db = new DatabaseSync(file)
  const calls = stepCount / perCall
  const insert = db.prepare('insert into run_events (run_id, seq, type, at, data) values (?, ?, ?, ?, ?)')
  const blob = db.prepare('insert into blobs (hash, content) values (?, ?)')
  const { started_at } = db.prepare('select started_at from runs where id = ?').get(runId) as { started_at: number }
  let seq = 1
  let at = started_at
  const put = (type: string, data: object) => insert.run(runId, ++seq, type, ++at, JSON.stringify(data))
  db.exec('begin')
  db.prepare('delete from run_events where run_id = ? and seq > 1').run(runId)
  for (let call = 1; call <= calls; call++) {
    const asked = Array.from({ length: perCall }, (_, i) => ({
      type: 'tool-call',
      call_id: `call_${call}_${i}`,
      tool: 'data-transform__csv_to_json',
      input: JSON.stringify({ csv: `name,amount\nRow ${call},${i}`, delimiter: ',' }),
    }))
    const tokens = { system: 400, tools: 900, user: 60, assistant: 40 * call, tool_results: 80 * call, summary: 0, total: 1_400 + 120 * call }
    put('model.completed', {
      call,
      content: [{ type: 'text', text: `Now part ${call} of the table.` }, ...asked],
      finish_reason: 'tool-calls',
      tokens_input: 1_400 + 120 * call,
      tokens_output: 120,
      tokens_cached: 0,
      tokens_reasoning: 0,
      duration_ms: 3,
      first_token_ms: 1,
      retries: 0,
      request_hash: 'x',
      cost: 0.001,
      context: {
        context_size: 1_000_000,
        limit: 900_000,
        max_output: 4_096,
        exact: true,
        counted_with: 'o200k',
        tokens,
        tokens_before: tokens.total,
        messages: { given: 2 * call, sent: 2 * call },
        dropped: [],
        kept_aside: [],
        notes: [],
      },
    })
    for (let index = 0; index < perCall; index++)
      put('tool.started', { step: (call - 1) * perCall + index + 1, call, index, effect: 'read', attempt: 1 })
    for (let index = 0; index < perCall; index++) {
      const step = (call - 1) * perCall + index + 1
      const isLarge = large > 0 && step % large === 0
      let output: unknown = { rows: [{ name: `Row ${call}`, amount: index, region: 'West', note: 'as it was given' }], count: 1 }
      if (isLarge) {
        const hash = `figures-${runId}-${step}`
        blob.run(hash, JSON.stringify({ text: `${step} `.padEnd(largeBytes, 'large ') }))
        output = { $blob: hash }
      }
      put('tool.completed', { step, output, error: null, duration_ms: 2, retries: 0 })
    }
  }
  put('run.ended', { status: 'completed' })
  db.prepare('update runs set last_seq = ?, total_steps = ?, completed_at = ? where id = ?').run(seq, stepCount, at, runId)
  db.exec('commit')
  db.close()
}

const ms = (value: number) => `${value.toFixed(0)} ms`
const mB = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`

const folder = temporaryFolder('run-figures')
let server = await startCadre(folder.path)
const browser = await openBrowser()
try {
  await api(server.url, 'POST', '/agents', { name: 'Long', system_prompt: 'x', provider: 'builtin', model: 'planner', tools: ['data-transform'] })
  const start = () => api<Run>(server.url, 'POST', '/agents/long/run', { input: 'Say hello', wait: 20 })
  const runs = [
    { name: 'small values', run: await start(), large: 0 },
    { name: `every 20th result of ${largeBytes / 1_000} kB`, run: await start(), large: 20 },
  ]
  await server.stop()
  const [file] = readdirSync(folder.path).filter((name) => name.endsWith('.db'))
  for (const { run, large } of runs) lengthen(join(folder.path, file ?? ''), run.run_id, large)
  for (const { name, run } of runs) {
    server = await startCadre(folder.path)
    for (const visit of ['cold', 'warm', 'warm']) {
      // A cold one: the first request of a server, and a browser that has nothing of it.
      const { page, close } = await openPage(browser, server.url, { viewport: { width: 1280, height: 900 } })
      const began = performance.now()
      await page.goto(`/runs/${run.run_id}`)
      await page.getByRole('option').first().waitFor({ timeout: 60_000 })
      const opened = performance.now() - began
      await page.getByText('the others are being loaded').waitFor({ state: 'detached', timeout: 60_000 })
      const whole = performance.now() - began
      const answers = await page.evaluate(() =>
        (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
          .filter(({ name }) => name.includes('/rpc/runs/get'))
          .map(({ encodedBodySize, startTime, responseStart, responseEnd }) => ({ size: encodedBodySize, startTime, responseStart, responseEnd })),
      )
      const told = answers.map(
        ({ size, startTime, responseStart, responseEnd }) =>
          `${mB(size)} asked for at ${ms(startTime)}, answered from ${ms(responseStart)} to ${ms(responseEnd)}`,
      )
      console.log(`${stepCount} steps, ${name}, ${visit}: opened in ${ms(opened)}, all there in ${ms(whole)}; ${told.join('; ')}`)
      await close()
    }
    await server.stop()
  }
} finally {
  await browser.close()
  await server.stop()
  folder.remove()
}
