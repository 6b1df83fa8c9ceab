import { readFileSync } from 'node:fs'
import type { Run } from '@cadre/contract/runs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ModelDouble, resultsSoFar, startModelDouble } from '../../core/src/test/model-double.ts'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { noBrowser, openBrowser, openPage, seriousFindings } from './open-browser.ts'

describe.skipIf(noBrowser)('runs and agents, again and as they were', () => {
  const folder = temporaryFolder('again')
  let server: ServerProcess
  let browser: Browser
  let double: ModelDouble
  let first: Run

  beforeAll(async () => {
    double = await startModelDouble((request) => {
      const [seen] = resultsSoFar(request)
      return seen ? { text: `It is ${String(seen.content)}.` } : { calls: [{ tool: 'calculator__calculate', input: { expression: '6 * 7' } }] }
    })
    server = await startCadre(folder.path)
    browser = await openBrowser()
    await api(server.url, 'POST', '/providers', { id: 'double', type: 'custom', base_url: double.url, default_model: 'double' })
    const agent = { name: 'Reckoner', system_prompt: 'You calculate.', provider: 'double', model: 'double', tools: ['calculator'] }
    await api(server.url, 'POST', '/agents', agent)
    first = await api<Run>(server.url, 'POST', '/agents/reckoner/run', { input: 'What is 6 * 7?', wait: 20 })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await double?.close()
    folder.remove()
  })

  test('a run is played again, forked with another result, and the two stand side by side', async () => {
    const { page, complaints, close } = await openPage(browser, server.url)
    await page.goto(`/runs/${first.run_id}`)
    await page.getByRole('button', { name: 'More to do with this run' }).click()
    await page.getByRole('menuitem', { name: 'Replay from the journal' }).click()
    await page.getByText('It came to the same.').waitFor()
    await page.getByRole('option', { name: /calculator/ }).click()
    await page.getByRole('button', { name: 'Fork from here' }).click()
    await page.getByRole('textbox', { name: 'What the step brought' }).fill('a dozen')
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Fork', exact: true }).click()
    await page.getByLabel('Answer').getByText('It is a dozen.').waitFor()
    await page.getByText('taken over', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Compare' }).click()
    await page.getByRole('heading', { name: 'Two runs side by side' }).waitFor()
    await page.getByText('3 differences').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    expect(complaints).toEqual([])
    await close()
  })

  test('a retry is one press, and runs are exported as a file', async () => {
    const { page, complaints, close } = await openPage(browser, server.url)
    await page.goto(`/runs/${first.run_id}`)
    await page.getByRole('button', { name: 'Run again' }).click()
    await page.getByText('Another try of').waitFor()
    await page.goto('/runs?status=completed')
    await page.getByRole('button', { name: 'More', exact: true }).click()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Export as NDJSON' }).click()])
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n')
    expect(lines.map((line) => (JSON.parse(line) as Run).run_id)).toContain(first.run_id)
    expect(complaints).toEqual([])
    await close()
  })

  test('an agent begun from a template is changed, its versions compared, and the first one brought back', async () => {
    const { page, complaints, close } = await openPage(browser, server.url)
    await page.goto('/agents/new')
    await page.getByRole('button', { name: /^Summariser/ }).click()
    await page.getByText('Who may use it').click()
    await page.getByRole('checkbox', { name: /^Public/ }).check()
    await page.getByRole('button', { name: 'Create agent' }).click()
    await page.getByRole('heading', { name: 'Summariser' }).waitFor()
    const change = { system_prompt: 'You sum up.\nIn one line.', config: { max_steps: 3 } }
    await api(server.url, 'PUT', '/agents/summariser', change)
    await page.reload()
    await page.getByRole('button', { name: 'Actions for Summariser' }).click()
    await page.getByRole('menuitem', { name: 'Versions' }).click()
    await page.getByText('In one line.').first().waitFor()
    await page.getByRole('button', { name: /Version 1/ }).click()
    await page.getByText('max_steps').first().waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('button', { name: 'Bring this version back' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Bring this version back' }).click()
    await page.getByText('Brought back version 1').waitFor()
    const agent = await api<{ system_prompt: string; version: number; is_public: boolean }>(server.url, 'GET', '/agents/summariser')
    expect(agent).toMatchObject({ version: 3, is_public: true, system_prompt: expect.stringContaining('You summarise') })
    expect(complaints).toEqual([])
    await close()
  })
})
