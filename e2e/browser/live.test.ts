import type { Run } from '@cadre/contract/runs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ModelDouble, startModelDouble } from '../../core/src/test/model-double.ts'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { noBrowser, openBrowser, openPage } from './open-browser.ts'

// Runs that are under way while they are looked at. The model answers when the test says so.

describe.skipIf(noBrowser)('a run under way', () => {
  const folder = temporaryFolder('live')
  let server: ServerProcess
  let browser: Browser
  let double: ModelDouble
  let answer: (text: string) => void = () => {}

  beforeAll(async () => {
    double = await startModelDouble(() => {
      const { promise, resolve } = Promise.withResolvers<string>()
      answer = resolve
      return promise.then((text) => ({ text }))
    })
    server = await startCadre(folder.path)
    browser = await openBrowser()
    await api(server.url, 'POST', '/providers', { id: 'double', type: 'custom', base_url: double.url, default_model: 'double' })
    await api(server.url, 'POST', '/agents', { name: 'Patient', system_prompt: 'x', provider: 'double', model: 'double' })
  })
  afterAll(async () => {
    answer('done')
    await browser?.close()
    await server?.stop()
    await double?.close()
    folder.remove()
  })
  const start = (input: string) => api<Run>(server.url, 'POST', '/agents/patient/run', { input, wait: 0 })

  test('shows its answer without being asked again', async () => {
    const { page, complaints, close } = await openPage(browser, server.url)
    await page.goto('/agents/patient')
    await page.getByRole('textbox', { name: 'Task' }).fill('Think it over')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByText('Thinking…').waitFor()
    await page.getByRole('link', { name: 'Open the trace' }).click()
    await page.getByText('Live', { exact: true }).waitFor()
    await page.getByTitle('1 running').waitFor()
    await expect.poll(() => double.requests.length).toBe(1)
    answer('The answer is **42**.')
    await page.getByLabel('Answer').locator('strong').getByText('42').waitFor()
    await page.getByRole('button', { name: 'Run again' }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  test('is cancelled with others from the list, and every window sees it', async () => {
    const runs = [await start('First'), await start('Second')]
    const one = await openPage(browser, server.url)
    await one.page.goto(`/runs/${runs[0]?.run_id}`)
    await one.page.getByText('Live', { exact: true }).waitFor()
    const list = await openPage(browser, server.url)
    await list.page.goto('/runs')
    await list.page.getByRole('checkbox', { name: 'Select “First”' }).check()
    await list.page.getByRole('checkbox', { name: 'Select “Second”' }).check()
    await list.page.getByText('2 selected').waitFor()
    await list.page.getByRole('button', { name: 'Cancel those that run' }).click()
    await list.page.getByText('2 cancelled.').waitFor()
    await one.page.getByText('Cancelled', { exact: true }).first().waitFor()
    expect((await api<Run>(server.url, 'GET', `/runs/${runs[1]?.run_id}`)).status).toBe('cancelled')
    expect([...one.complaints, ...list.complaints]).toEqual([])
    await one.close()
    await list.close()
  })
})
