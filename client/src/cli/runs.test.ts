import { once } from 'node:events'
import { expect, test } from 'vitest'
import { cadre, hear, startCadre } from '../test/cadre.ts'
import { events, eventsEnding, run } from '../test/samples.ts'
import { startWire, stream } from '../test/wire.ts'

const env = { TZ: 'UTC' }

test('list: a short table, filters as the server wants them', async () => {
  const input = `Clean this CSV:\nfix the dates and ${'calculate '.repeat(20)}`
  const wire = await startWire({
    'runs.list': () => ({
      items: [run({ input }), run({ run_id: 'run_2', status: 'running', metrics: { ...run().metrics, duration_ms: null } })],
      next_cursor: null,
    }),
  })
  const { code, stdout, stderr } = await cadre(
    ['runs', 'list', '--agent', 'helper', '--status', 'running', '--from', '2024-03-05', '--to', '2024-03-05T12:00:00+02:00'],
    { url: wire.url, env },
  )
  expect([code, stderr]).toEqual([0, ''])
  expect(wire.inputOf('runs.list')).toEqual({
    limit: 50,
    agent: 'helper',
    status: 'running',
    from: '2024-03-05T00:00:00.000Z',
    to: '2024-03-05T10:00:00.000Z',
  })
  expect(stdout).toBe(
    [
      'RUN    STATUS     CREATED            TIME  STEPS  INPUT',
      'run_1  completed  2024-03-05 10:15  1.2 s      1  Clean this CSV: fix the dates and calculate calcu…',
      'run_2  running    2024-03-05 10:15             1  What is 12 * 7?',
      '',
    ].join('\n'),
  )
})

test('list without runs says so; --json gives the page', async () => {
  const wire = await startWire({ 'runs.list': () => ({ items: [], next_cursor: null }) })
  expect(await cadre(['runs', 'list'], { url: wire.url })).toEqual({ code: 0, stdout: '', stderr: 'There are no such runs.\n' })
  expect((await cadre(['runs', 'list', '--json'], { url: wire.url })).stdout).toBe('{"items":[],"next_cursor":null}\n')
})

test('show: the trace as a person reads it', async () => {
  const wire = await startWire({ 'runs.get': () => run({ warnings: [{ code: 'X', message: 'mind this' }], attempts: 2 }) })
  const { code, stdout } = await cadre(['runs', 'show', 'run_1'], { url: wire.url, env })
  expect(code).toBe(0)
  expect(stdout).toBe(
    [
      'Run       run_1',
      'Agent     agt_1',
      'Status    completed (1.2 s, 1 step, 240 + 60 tokens, taken up 2 times)',
      'Model     builtin/planner',
      'Created   2024-03-05 10:15 by local',
      'Input     What is 12 * 7?',
      'Data      {"csv":"a,b\\n1,2"}',
      'Warning   mind this',
      '',
      'model 1   100 ms, first after 40 ms   120 + 30 tokens   tool-calls',
      '  text    I calculate.',
      'step 1    calculator__calculate   12 ms',
      '    in    {"expression":"12 * 7"}',
      '    out   {"value":84}',
      'model 2   80 ms, first after 40 ms   120 + 30 tokens   stop',
      '  text    12 * 7 is 84.',
      '',
      'Output',
      '12 * 7 is 84.',
      '',
    ].join('\n'),
  )
})

test('show shortens what is long, unless --full; a failed and an uncertain step say why', async () => {
  const long = 'word '.repeat(100).trim()
  const [step] = run().steps
  const steps = [
    { ...step!, input: { long }, output: null, status: 'failed' as const, error: `no ${long}` },
    { ...step!, step: 2, call: 9, status: 'uncertain' as const, error: 'it may have taken effect' },
  ]
  const wire = await startWire({
    'runs.get': () =>
      run({ input: long, status: 'failed', error: { code: 'TOOL_FAILED', message: 'it broke' }, steps, output: null, output_text: null }),
  })
  const { code, stdout } = await cadre(['runs', 'show', 'run_1'], { url: wire.url })
  expect(code).toBe(0)
  expect(stdout).toMatch(/\nInput {5}(word )+(word?|wo?r?)?…\n/)
  expect(stdout).toContain('Error     TOOL_FAILED: it broke\n')
  expect(stdout).toContain(`    failed: no ${long}\n`)
  expect(stdout).toContain('    uncertain: it may have taken effect\n')
  const lines = stdout.split('\n').filter((line) => !line.includes('failed: '))
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
  expect((await cadre(['runs', 'show', 'run_1', '--full'], { url: wire.url })).stdout).toContain(`Input     ${long}\n`)
  expect(JSON.parse((await cadre(['runs', 'show', 'run_1', '--json'], { url: wire.url })).stdout).input).toBe(long)
})

test('follow: the same as run shows; --json writes each event on a line', async () => {
  const wire = await startWire({ 'runs.follow': ({ lastEventId }) => stream(events, { after: lastEventId }) })
  const people = await cadre(['runs', 'follow', 'run_1'], { url: wire.url })
  expect([people.code, people.stdout]).toEqual([0, '12 * 7 is 84.\n'])
  expect(people.stderr).toContain('step 1  calculator__calculate  12 ms  {"value":84}\n')
  const { code, stdout } = await cadre(['runs', 'follow', 'run_1', '--json'], { url: wire.url })
  expect(code).toBe(0)
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(events)
  const rest = await cadre(['runs', 'follow', 'run_1', '--json', '--after', '5'], { url: wire.url })
  expect(JSON.parse(rest.stdout)).toEqual(events.at(-1))
})

test('follow tells the end by its exit code, also of a run that was over before', async () => {
  const ended = { status: 'failed', error: { code: 'MODEL_FAILED', message: 'no answer' }, output: null, output_text: null } as const
  const wire = await startWire({
    'runs.follow': ({ lastEventId }) => stream(eventsEnding(ended), { after: lastEventId }),
    'runs.get': () => run(ended),
  })
  expect((await cadre(['runs', 'follow', 'run_1'], { url: wire.url })).code).toBe(6)
  expect((await cadre(['runs', 'follow', 'run_1', '--after', '6'], { url: wire.url })).code).toBe(6)
})

test('follow gets over a server that restarts', async () => {
  const first = await startWire({ 'runs.follow': ({ signal }) => stream(events.slice(0, 4), { held: signal }) }, { returns: true })
  const child = startCadre(['runs', 'follow', 'run_1'], { url: first.url })
  const [stdout, stderr] = [hear(child.stdout!), hear(child.stderr!)]
  await stderr.until('step 1')
  await first.stop()
  await stderr.until('Trying to come back')
  await startWire({ 'runs.follow': ({ lastEventId }) => stream(events, { after: lastEventId }) }, { port: first.port })
  const [code] = await once(child, 'close')
  expect([code, stdout.text]).toEqual([0, '12 * 7 is 84.\n'])
})

test('cancel and resolve', async () => {
  const wire = await startWire({ 'runs.cancel': () => run({ status: 'cancelled' }), 'runs.resolve': () => run({ status: 'pending' }) })
  expect(await cadre(['runs', 'cancel', 'run_1'], { url: wire.url })).toEqual({ code: 0, stdout: 'cancelled\n', stderr: '' })
  const resolved = await cadre(['runs', 'resolve', 'run_1', 'happened', '--step', '3', '--output', '{"id": 7}'], { url: wire.url })
  expect([resolved.code, resolved.stdout]).toEqual([0, 'pending\n'])
  expect(wire.inputOf('runs.resolve')).toEqual({ runId: 'run_1', step: 3, outcome: 'happened', output: { id: 7 } })
  await cadre(['runs', 'resolve', 'run_1', 'did-not-happen'], { url: wire.url })
  expect(wire.inputOf('runs.resolve')).toEqual({ runId: 'run_1', outcome: 'did_not_happen' })
})

test('a reader that has seen enough is no error', async () => {
  const wire = await startWire({
    'runs.follow': ({ signal }) =>
      stream(
        Array.from({ length: 5_000 }, () => events[1]!),
        { held: signal },
      ),
  })
  const child = startCadre(['runs', 'follow', 'run_1', '--json'], { url: wire.url })
  await once(child.stdout!, 'data')
  child.stdout!.destroy()
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
})
