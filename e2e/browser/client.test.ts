import { rolldown } from 'rolldown'
import type { LiveRunState } from '@cadre/client'
import type { Run } from '@cadre/contract/runs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { noBrowser, openBrowser, openPage, type WatchedPage } from './open-browser.ts'

// The SDK as it is, in a browser, against the real server: what the pages stand on, and anyone else's.

// What the page below puts into its window.
declare const cadre: typeof import('@cadre/client')
const input = 'Sum the amounts per region and return as JSON'
const data = { csv: 'region,amount\nWest,1500\nEast,2000\nWest,1200' }

describe.skipIf(noBrowser)('the client in a browser', () => {
  const folder = temporaryFolder('browser')
  let server: ServerProcess
  let browser: Browser
  let open: WatchedPage
  let code: string

  beforeAll(async () => {
    const bundle = await rolldown({ input: new URL('../../client/src/client.ts', import.meta.url).pathname, platform: 'browser' })
    const [chunk] = (await bundle.generate({ format: 'esm' })).output
    code = chunk.code
    server = await startCadre(folder.path)
    browser = await openBrowser()
    await api(server.url, 'POST', '/agents', { name: 'Helper', system_prompt: 'You work with data.', tools: ['data-transform'], provider: 'builtin' })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    folder.remove()
  })

  /** A page of the server's own origin whose policy is as strict as that of the pages. */
  async function start() {
    open = await openPage(browser, server.url)
    const policy = "default-src 'none'; script-src 'self'; connect-src 'self'"
    await open.page.route('**/try', (route) =>
      route.fulfill({
        headers: { 'content-type': 'text/html', 'content-security-policy': policy },
        body: '<!doctype html><title>Try</title><script type=module src=/try.js></script>',
      }),
    )
    await open.page.route('**/client.js', (route) => route.fulfill({ headers: { 'content-type': 'text/javascript' }, body: code }))
    const script = "import * as cadre from '/client.js'; window.cadre = cadre"
    await open.page.route('**/try.js', (route) => route.fulfill({ headers: { 'content-type': 'text/javascript' }, body: script }))
    await open.page.goto('/try', { waitUntil: 'load' })
    return open
  }

  test('a run is started, followed live and is in the end what the server has', async () => {
    const { page, complaints, close } = await start()
    const { states, run } = await page.evaluate(
      async ({ input, data }) => {
        const { createClient, openLiveRun, startRun } = cadre
        const client = createClient({ url: location.origin })
        const { run_id } = await startRun(client, { idOrSlug: 'helper', input, data, wait: 0 })
        const live = openLiveRun(client, run_id)
        const states: string[] = []
        return new Promise<{ states: string[]; run: Run | null }>((resolve) => {
          live.subscribe(() => {
            const { connection, run } = live.getState()
            states.push(`${connection} ${run?.status ?? 'loading'}`)
            if (connection === 'closed') resolve({ states, run })
          })
        })
      },
      { input, data },
    )
    expect(states.at(-1)).toBe('closed completed')
    expect(run?.output).toEqual({ totals_by_region: { East: 2000, West: 2700 } })
    expect(run).toEqual(await api(server.url, 'GET', `/runs/${run?.run_id}`))
    expect(complaints).toEqual([])
    await close()
  })

  test('without a network it says that the server is away, and goes on when it is back', async () => {
    const run = await api<Run>(server.url, 'POST', '/agents/helper/run', { input, data })
    const { page, close } = await start()
    const states = await page.evaluateHandle((runId) => {
      const { createClient, openLiveRun } = cadre
      return { open: () => openLiveRun(createClient({ url: location.origin }), runId, { wait_ms: [10, 10] }) }
    }, run.run_id)
    await page.context().setOffline(true)
    const live = await states.evaluateHandle(({ open }) => open())
    const becomes = (connection: LiveRunState['connection']) =>
      live.evaluate(
        (live, connection) =>
          new Promise<LiveRunState>((resolve) => {
            const look = () => live.getState().connection === connection && resolve(live.getState())
            live.subscribe(look)
            look()
          }),
        connection,
      )
    expect(await becomes('away')).toMatchObject({ run: null, error: null })
    await page.context().setOffline(false)
    expect(await becomes('closed')).toMatchObject({ run: { status: 'completed' }, error: null })
    await close()
  })

  test('a refusal names its field and its request', async () => {
    const { page, close } = await start()
    const said = await page.evaluate(() => {
      const { createClient, requestIdOf } = cadre
      const call = createClient({ url: location.origin }).agents.create({ name: '', system_prompt: 'x' })
      return call.then(
        () => null,
        (error: { code: string; issues: unknown }) => ({ code: error.code, issues: error.issues, id: requestIdOf(error) }),
      )
    })
    expect(said).toMatchObject({ code: 'INVALID', issues: [{ path: 'name' }], id: expect.stringMatching(/^req_/) })
    await close()
  })
})
