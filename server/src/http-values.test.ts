import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serve } from './test/sockets.ts'

describe('large values', () => {
  let server: Awaited<ReturnType<typeof serve>>
  beforeAll(async () => {
    server = await serve()
    await post('/agents', { name: 'A', system_prompt: 'You help.' })
    await post('/agents/a/run', { input: 'now' })
  })
  afterAll(() => server.stop(0))

  const post = (path: string, body: object) =>
    fetch(`${server.url}/api/v1${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const get = async (path: string) => {
    const response = await fetch(`${server.url}/api/v1/runs/run_1${path}`)
    const { data, issues = [] } = (await response.json()) as { data: { run_id: string }; issues?: { path: string }[] }
    return { status: response.status, data, fields: issues.map(({ path }) => path) }
  }

  test('how much of a run is wanted stands in the query; a value is a file', async () => {
    expect((await get('?max_value_bytes=8000&max_events=100')).data).toMatchObject({ run_id: 'run_1' })
    expect(await get('?max_value_bytes=10&max_events=x')).toMatchObject({ status: 422, fields: ['max_value_bytes', 'max_events'] })
    const file = await fetch(`${server.url}/api/v1/runs/run_1/value?step=1&of=output`)
    expect([file.status, file.headers.get('content-disposition')]).toEqual([200, expect.stringMatching(/^attachment; filename="/)])
    expect(file.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
  })

  test.each([
    ['step=1&call=1&of=all', 'call'],
    ['step=1&of=text', 'of'],
    ['call=1&of=output', 'of'],
    ['of=output', 'of'],
    ['step=1', 'of'],
    ['step=0&of=all', 'step'],
    ['step=1&of=all&more=1', 'more'],
  ])('a value that there cannot be is refused: %s', async (query, field) => {
    expect(await get(`/value?${query}`)).toMatchObject({ status: 422, fields: [field] })
  })
})
