import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cadre, hear, startCadre } from '../test/cadre.ts'
import { events, eventsEnding, pending, run } from '../test/samples.ts'
import { type Answer, startWire, stream } from '../test/wire.ts'

const start: Answer = ({ input }) => run({ ...pending, input: input.input, data: input.data ?? null })
const happy = { 'runs.start': start, 'runs.follow': () => stream(events), 'runs.get': () => run() }

test('steps on stderr as they happen, the answer on stdout', async () => {
  const wire = await startWire(happy)
  const { code, stdout, stderr } = await cadre(['run', 'helper', 'What', 'is', '12 * 7?'], { url: wire.url })
  expect([code, stdout]).toEqual([0, '12 * 7 is 84.\n'])
  expect(stderr).toBe(
    [
      'run_1  accepted',
      'run_1  builtin/planner',
      'model 1  100 ms  120 in, 30 out',
      'step 1  calculator__calculate  {"expression":"12 * 7"}',
      'step 1  calculator__calculate  12 ms  {"value":84}',
      'model 2  80 ms  120 in, 30 out',
      'run_1  completed  (1 step, 300 tokens, 1.2 s)',
      '',
    ].join('\n'),
  )
  expect(wire.inputOf('runs.start')).toMatchObject({ idOrSlug: 'helper', input: 'What is 12 * 7?', wait: 0, stream: false })
})

test('an answer that is data comes as JSON', async () => {
  const output = { sums: [{ region: 'West', total: 2700 }] }
  const wire = await startWire({ ...happy, 'runs.follow': () => stream(eventsEnding({ output, output_text: JSON.stringify(output) })) })
  const { stdout } = await cadre(['run', 'helper', 'x'], { url: wire.url })
  expect(stdout).toBe(`${JSON.stringify(output, null, 2)}\n`)
})

test('--json writes the whole run', async () => {
  const wire = await startWire(happy)
  const { code, stdout } = await cadre(['run', 'helper', 'x', '--json'], { url: wire.url })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual(run())
})

test('input from standard input, data from a CSV file, schema and key', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'cadre-cli-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  writeFileSync(join(cwd, 'sales.csv'), 'a,b\n1,2\n')
  writeFileSync(join(cwd, 'schema.json'), '{"type":"object"}')
  const wire = await startWire(happy)
  const args = ['run', 'helper', '--data', 'sales.csv', '--schema', 'schema.json', '--key', 'order 7']
  expect((await cadre(args, { url: wire.url, cwd, stdin: 'Sum b\nper a\n' })).code).toBe(0)
  expect(wire.inputOf('runs.start')).toMatchObject({ input: 'Sum b\nper a', data: { csv: 'a,b\n1,2\n' }, output_schema: { type: 'object' } })
  expect(wire.calls[0]?.headers['idempotency-key']).toBe('order 7')
})

test('data as JSON on the command line and from standard input', async () => {
  const wire = await startWire(happy)
  await cadre(['run', 'helper', 'x', '--data', '[1, 2]'], { url: wire.url })
  expect(wire.inputOf('runs.start').data).toEqual([1, 2])
  await cadre(['run', 'helper', 'x', '--data', '-'], { url: wire.url, stdin: 'a: 1\n' })
  expect(wire.inputOf('runs.start').data).toEqual({ a: 1 })
  const { code, stderr } = await cadre(['run', 'helper', 'x', '--data', '-'], { url: wire.url, stdin: '7' })
  expect([code, stderr]).toEqual([5, 'cadre: --data: must be an object or a list\n'])
})

test('--no-follow writes the id of the run', async () => {
  const wire = await startWire(happy)
  expect(await cadre(['run', 'helper', 'x', '--no-follow'], { url: wire.url })).toEqual({
    code: 0,
    stdout: 'run_1\n',
    stderr: 'Follow it: cadre runs follow run_1\n',
  })
  expect(wire.calls.map(({ path }) => path)).toEqual(['runs.start'])
  expect(JSON.parse((await cadre(['run', 'helper', 'x', '--no-follow', '--json'], { url: wire.url })).stdout)).toMatchObject({ run_id: 'run_1' })
})

test.each([
  ['failed', 6, { code: 'MODEL_FAILED', message: 'the model gave no answer' }],
  ['cancelled', 6, null],
  ['timeout', 7, { code: 'TIMEOUT', message: 'the run took longer than 60 s' }],
] as const)('a run that ends as %s is exit code %i', async (status, exit, error) => {
  const end = { status, error, output: null, output_text: null }
  const wire = await startWire({ ...happy, 'runs.follow': () => stream(eventsEnding(end)), 'runs.get': () => run({ status, error }) })
  const { code, stdout, stderr } = await cadre(['run', 'helper', 'x'], { url: wire.url })
  expect([code, stdout]).toEqual([exit, ''])
  expect(stderr).toContain(error ? `run_1  ${status}: ${error.message}  (` : `run_1  ${status}  (`)
  const whole = await cadre(['run', 'helper', 'x', '--json'], { url: wire.url })
  expect([whole.code, JSON.parse(whole.stdout).status]).toEqual([exit, status])
})

test('a failed step, a warning, a wait and an uncertain step are told in full', async () => {
  const at = new Date(0).toISOString()
  const long = 'x'.repeat(200)
  const wire = await startWire({
    ...happy,
    'runs.follow': () =>
      stream([
        ...events.slice(0, 4),
        { type: 'tool.completed', seq: 4, at, step: 1, output: null, error: long, duration_ms: 5, retries: 2 },
        { type: 'run.warning', seq: 5, at, code: 'PROMPT_CHANGED', message: 'the prompt changed' },
        { type: 'tool.uncertain', seq: 6, at, step: 1, reason: 'the server stopped during the call' },
        { type: 'run.waiting', seq: 7, at, waiting: { for: 'uncertain', until: null, reason: 'step 1 is uncertain', step: 1 } },
        ...events.slice(-1),
      ] as typeof events),
  })
  const { stderr } = await cadre(['run', 'helper', 'x'], { url: wire.url })
  expect(stderr).toContain(`step 1  calculator__calculate  5 ms  after 2 retries  failed: ${long}\n`)
  expect(stderr).toContain('warning: the prompt changed\n')
  expect(stderr).toContain('step 1  calculator__calculate  uncertain: the server stopped during the call\n')
  expect(stderr).toContain('Settle it: cadre runs resolve run_1 <happened|did-not-happen|run-again> --step 1\n')
  expect(stderr).toContain('waiting: step 1 is uncertain\n')
})

const endless = {
  ...happy,
  'runs.follow': (({ signal }) => stream(events.slice(0, 4), { held: signal })) satisfies Answer,
  'runs.get': () => run(pending),
}

test('Ctrl-C leaves the run alone, says how to come back, and is exit code 130', async () => {
  const wire = await startWire(endless)
  const child = startCadre(['run', 'helper', 'x', '--url', wire.url])
  const [stdout, stderr] = [hear(child.stdout!), hear(child.stderr!)]
  await stderr.until('step 1')
  child.kill('SIGINT')
  const [code] = await once(child, 'close')
  expect([code, stdout.text]).toEqual([130, ''])
  expect(stderr.text).toContain(
    `Interrupted; the run goes on. Follow it: cadre runs follow run_1 --url ${wire.url}   Cancel it: cadre runs cancel run_1 --url ${wire.url}`,
  )
  expect(wire.calls.map(({ path }) => path)).not.toContain('runs.cancel')
})

test('Ctrl-C works after a garbage collection, which makes fetch forget the signal it was given', async () => {
  const wire = await startWire(endless)
  const collect = `process.on('SIGUSR2', async () => {
    for (let i = 0; i < 10; i++) { gc(); await new Promise(setImmediate) }
    process.stderr.write('collected')
  })`
  const child = startCadre(['run', 'helper', 'x'], {
    url: wire.url,
    nodeArgs: ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(collect)}`],
  })
  const stderr = hear(child.stderr!)
  await stderr.until('step 1')
  child.kill('SIGUSR2')
  await stderr.until('collected')
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([130, null])
})

test('--timeout ends the waiting, not the run', async () => {
  const wire = await startWire(endless)
  const { code, stdout, stderr } = await cadre(['run', 'helper', 'x', '--timeout', '0.5'], { url: wire.url })
  expect([code, stdout]).toEqual([7, ''])
  expect(stderr).toContain('It still runs after 0.5 s; the run goes on. Follow it: cadre runs follow run_1 ')
})
