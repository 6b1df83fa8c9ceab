import { readFileSync } from 'node:fs'
import type { Approval } from '@cadre/contract/approvals'
import type { Run } from '@cadre/contract/runs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type EffectService, startEffectService } from '../../core/src/test/effect-service.ts'
import { type ModelDouble, resultsSoFar, startModelDouble } from '../../core/src/test/model-double.ts'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { noBrowser, openBrowser, openPage, seriousFindings, tabTo } from './open-browser.ts'

// The trace of a run that has one of each: calls that fail and that are large, an approval, the run of another agent, many calls of one tool.

const rows = Array.from({ length: 2_000 }, (_, n) => ({ n, name: `row ${n}` }))
const sum = (n: number) => ({ tool: 'calculator__calculate', input: { expression: `${n} + 1` } })

describe.skipIf(noBrowser)('the trace of a run', () => {
  const folder = temporaryFolder('trace')
  let server: ServerProcess
  let browser: Browser
  let double: ModelDouble
  let service: EffectService
  let run: Run

  beforeAll(async () => {
    double = await startModelDouble((request) => {
      const seen = resultsSoFar(request).length
      if (String(request.messages[0]?.content).includes('You help.')) return { text: 'Helped.' }
      if (seen === 0)
        return {
          calls: [
            { tool: 'post__see', input: {} },
            { tool: 'agents__helper', input: { task: 'help' } },
            { tool: 'post__fail', input: {} },
          ],
        }
      if (seen === 3) return { calls: [{ tool: 'post__send', input: { text: 'hello' } }] }
      return seen === 4 ? { text: 'Now I add.', calls: [1, 2, 3, 4, 5].map(sum) } : { text: 'All is done.' }
    })
    ;[browser, server, service] = await Promise.all([openBrowser(), startCadre(folder.path), startEffectService('post')])
    service.behave(({ path }) =>
      path === '/fail' ? { status: 400, body: { error: 'no such thing' } } : { body: path === '/see' ? rows : { sent: true } },
    )
    const { runtime, permissions } = service.manifest
    const input = { type: 'object' }
    const endpoints = [
      { path: '/see', description: 'Sees many rows', effect: 'read', input },
      { path: '/fail', description: 'Fails', effect: 'read', input },
      { path: '/send', description: 'Sends', approval: 'always', input },
    ]
    await api(server.url, 'POST', '/plugins', { id: 'post', name: 'Post', version: '1.0.0', runtime, permissions, endpoints })
    await api(server.url, 'POST', '/providers', { id: 'double', type: 'custom', base_url: double.url, default_model: 'double' })
    const model = { provider: 'double', model: 'double' }
    await api(server.url, 'POST', '/agents', { name: 'Helper', system_prompt: 'You help.', ...model })
    const config = { delegates: ['helper'], max_steps: 20 }
    await api(server.url, 'POST', '/agents', { name: 'Lead', system_prompt: 'You lead.', tools: ['post', 'calculator'], config, ...model })
    const begun = await api<Run>(server.url, 'POST', '/agents/lead/run', { input: 'Do all of it', wait: 0 })
    const asked = await waitFor(async () => (await api<Approval[]>(server.url, 'GET', `/approvals?run=${begun.run_id}`))[0])
    await api(server.url, 'POST', `/approvals/${asked.id}`, { decision: 'approve' })
    run = await waitFor(async () => {
      const now = await api<Run>(server.url, 'GET', `/runs/${begun.run_id}`)
      return now.status === 'completed' ? now : undefined
    })
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await double?.close()
    await service?.close()
    folder.remove()
  })

  const waitFor = <T>(ask: () => Promise<T | undefined>): Promise<T> =>
    vi.waitFor(
      async () => {
        const found = await ask()
        if (found === undefined) throw new Error('it is not there')
        return found
      },
      { timeout: 20_000 },
    )

  test('a large value shows its beginning, then all of it, and is saved as a file', async () => {
    const { page, complaints, close } = await openPage(browser, server.url)
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.goto(`/runs/${run.run_id}`)
    await page.getByRole('option', { name: /post \/ see/ }).click()
    await page.getByText(/^The beginning of /).waitFor()
    expect(asked).not.toContain(`/api/v1/runs/${run.run_id}/value`)
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: /^Download \(/ }).click()])
    expect(download.suggestedFilename()).toBe('step-1-output.json')
    expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toEqual(run.steps[0]?.output)
    await page.getByRole('button', { name: /^Show all \(/ }).click()
    await page.getByRole('cell', { name: 'row 49', exact: true }).waitFor()
    await page.getByText('50 of 2,000 rows').waitFor()
    // A fork begins with the whole result, although only its beginning came with the run.
    await page.getByRole('button', { name: 'Fork from here' }).click()
    await expect.poll(() => page.getByRole('textbox', { name: 'What the step brought' }).inputValue()).toContain('"row 1999"')
    expect(complaints).toEqual([])
    await close()
  })

  test.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('as a graph, in %s at %d px: every step is there, and the chosen one is shown beside it', async (colorScheme, width) => {
    const { page, complaints, close } = await openPage(browser, server.url, { colorScheme, viewport: { width, height: 900 } })
    await page.goto(`/runs/${run.run_id}`)
    await page.getByRole('button', { name: 'Graph', exact: true }).click()
    const graph = page.getByRole('group', { name: 'Graph' })
    await graph.getByRole('button', { name: /Model call 4/ }).waitFor()
    for (const name of [/see post · /, /Run of another agent/, /fail post · .*no such thing/, /Approval of post \/ send approved/, /calculate × 5/])
      expect(await graph.getByRole('button', { name }).count()).toBe(1)
    await expect.poll(() => graph.locator('.react-flow__edge').count()).toBe(12)
    await graph.getByRole('button', { name: /Run of another agent/ }).click()
    await page.getByRole('link', { name: 'The run of the agent that did it' }).waitFor()
    expect(new URL(page.url()).search).toContain('view=graph')
    expect(await seriousFindings(page)).toEqual([])
    // Sideways nothing hangs over.
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
    expect(complaints).toEqual([])
    await close()
  })

  test('the graph is walked through by keys alone', async () => {
    const { page, complaints, close } = await openPage(browser, server.url)
    await page.goto(`/runs/${run.run_id}?view=graph`)
    await page.getByRole('group', { name: 'Graph' }).getByRole('button').first().waitFor()
    await tabTo(page, 'button', /^Model call 1 /)
    await page.keyboard.press('ArrowDown')
    await page.getByRole('heading', { name: 'post / see' }).waitFor()
    await page.keyboard.press('End')
    await page.getByRole('heading', { name: 'Model call 4' }).waitFor()
    await page.keyboard.press('ArrowUp')
    await page.getByRole('heading', { name: 'calculator / calculate' }).waitFor()
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toContain('× 5')
    expect(complaints).toEqual([])
    await close()
  })
})
