import type { FollowLogs, LogEvent } from '@cadre/contract/server'
import { expect, onTestFinished, test } from 'vitest'
import { openLogTail } from './log-tail.ts'

const line = (n: number, level = 30, more: object = {}) => `${JSON.stringify({ level, time: n, pid: 1, n, ...more, msg: `line ${n}` })}\n`

function following(tail = openLogTail(() => 1), wanted: Partial<FollowLogs> = {}, after?: string) {
  const end = new AbortController()
  onTestFinished(() => end.abort())
  const events = tail.follow({ level: 'trace', ...wanted }, after, end.signal)
  const take = async (count: number) => {
    const taken: LogEvent[] = []
    while (taken.length < count) taken.push((await events.next()).value as LogEvent)
    return taken
  }
  return { tail, events, take, end }
}
const said = (events: LogEvent[]) => events.map((event) => (event.type === 'log.lost' ? -event.count : event.text))

test('the last lines first, then each as it comes', async () => {
  const { tail, take } = following()
  tail.write(line(1, 50, { run_id: 'run_1' }))
  const [first] = await take(1)
  expect(first).toEqual({
    type: 'log.record',
    position: '1-0',
    at: '1970-01-01T00:00:00.001Z',
    level: 'error',
    pid: 1,
    text: 'line 1',
    detail: { n: 1, run_id: 'run_1' },
  })
  const next = take(2)
  tail.write(line(2))
  tail.write('a line that broke off')
  tail.write(line(3))
  expect(said(await next)).toEqual(['line 2', 'line 3'])
})

test('level and words', async () => {
  const { tail, take } = following(undefined, { level: 'warn', q: ' BUDGET ' })
  tail.write(line(1, 40))
  tail.write(line(2, 30, { what: 'the budget' }))
  tail.write(line(3, 40, { what: 'the Budget' }))
  expect(said(await take(1))).toEqual(['line 3'])
})

test('500 lines are kept; who reads too slowly is told how many are gone, who comes later is not', async () => {
  const { tail, take } = following()
  tail.write(line(0))
  await take(1)
  for (let n = 1; n <= 700; n++) tail.write(line(n))
  expect(said(await take(2))).toEqual([-200, 'line 201'])
  expect(said(await following(tail).take(1))).toEqual(['line 201'])
})

test('goes on after a position; those of another process begin anew, and others are refused', async () => {
  const tail = openLogTail(() => 1)
  for (let n = 0; n < 3; n++) tail.write(line(n))
  expect(said(await following(tail, {}, '1-1').take(1))).toEqual(['line 2'])
  expect(said(await following(tail, {}, '2-1').take(1))).toEqual(['line 0'])
  expect(() => tail.follow({ level: 'trace' }, 'x', new AbortController().signal)).toThrow(/Last-Event-ID/)
})

test('a long line keeps its text', async () => {
  const { tail, take } = following()
  tail.write(line(1, 50, { stack: 'x'.repeat(30_000) }))
  expect((await take(1))[0]).toMatchObject({ text: 'line 1', detail: { shortened: expect.any(Number) } })
})

test('ends with its signal', async () => {
  const { events, end } = following()
  const next = events.next()
  end.abort()
  expect(await next).toEqual({ done: true, value: undefined })
})
