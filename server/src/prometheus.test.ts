import { expect, test } from 'vitest'
import { startOwned } from './test/real-cadre.ts'

test('Prometheus gets text, with a key that may see the whole server', async () => {
  const { boss, key, as, at, cadre } = await startOwned('SQLite')
  const { id } = (
    await boss('POST', 'agents', { name: 'Sums', system_prompt: 'You add.', provider: 'builtin', model: 'planner', tools: ['calculator'] })
  ).data
  expect((await boss('POST', `agents/${id}/run`, { input: 'What is 2 + 2?' })).data.status).toBe('completed')
  const scrape = async (text?: string, method = 'GET') =>
    fetch(`${cadre.url}/metrics`, { method, ...(text ? { headers: { authorization: `Bearer ${text}` } } : {}) })
  const answer = await scrape((await key(boss, { scopes: ['usage:read'] })).text)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  const text = await answer.text()
  expect(text).toContain('# TYPE cadre_runs_total counter\ncadre_runs_total{status="completed"} 1\ncadre_runs_total{status="failed"} 0\n')
  for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^(# (HELP|TYPE) cadre_\w+ .+|cadre_\w+(\{\w+="\w+"\})? -?[\d.e+-]+)$/)
  const names = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name)
  expect(new Set(names).size).toBe(names.length)
  expect((await scrape()).status).toBe(401)
  expect((await scrape((await key(boss, { scopes: ['runs:read'] })).text)).status).toBe(403)
  expect((await scrape((await key((await as('member')).call)).text)).status).toBe(403)
  expect((await scrape(undefined, 'POST')).status).toBe(405)
  const builder = (await as('builder')).call
  expect((await builder('GET', 'metrics/system')).data).toMatchObject({ activeAgents: 0, jobQueueDepth: 0 })
  expect((await builder('GET', `metrics/agents/sums`)).data).toMatchObject({ totalResponses: 1, successRate: 1 })
  expect((await builder('GET', 'metrics/series?points=24')).data.totals).toMatchObject({ runs: 1 })
  expect(await builder('GET', 'metrics/series?points=0')).toMatchObject({ status: 422 })
  expect((await at()('GET', 'metrics/machine')).status).toBe(401)
})
