import { readFileSync } from 'node:fs'
import type { Agent } from '@cadre/contract/agents'
import type { LifecycleState } from '@cadre/contract/lifecycle'
import type { HookInFile } from '@cadre/contract/plugin-transfer'
import type { Run } from '@cadre/contract/runs'
import type { RetentionState } from '@cadre/contract/server'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { noBrowser, openBrowser, openPage, type WatchedPage } from './open-browser.ts'

// The log as it is written, how long things are kept, agents as a file, and lifecycle hooks, in a real browser.

describe.skipIf(noBrowser)('what is about the server', () => {
  const folder = temporaryFolder('server-settings')
  let browser: Browser
  let server: ServerProcess
  let watched: WatchedPage

  beforeAll(async () => {
    ;[browser, server] = await Promise.all([openBrowser(), startCadre(folder.path, { CADRE_LOG_LEVEL: 'debug', CADRE_RUN_DAYS: '30' })])
    await api(server.url, 'POST', '/agents', { name: 'Helper', system_prompt: 'You count.', provider: 'builtin', tools: ['calculator'] })
  })
  afterEach(async () => {
    const { complaints, close } = watched
    await close()
    expect(complaints).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    folder.remove()
  })

  async function open(path: string): Promise<Page> {
    watched = await openPage(browser, server.url)
    await watched.page.goto(path)
    return watched.page
  }
  const visit = async (path: string) => void (await (await fetch(`${server.url}${path}`)).text())

  test('the log comes as it is written, can be searched, and holds still while it is paused', async () => {
    const page = await open('/settings/logs')
    await page.getByLabel('From level').selectOption('debug')
    const log = page.getByRole('log')
    await visit('/other')
    await log.getByText('/other').waitFor()
    await page.getByLabel('With these words').fill('/heard-')
    await page.getByText('Nothing was written yet').waitFor()
    await visit('/heard-first')
    await log.getByText('/heard-first').click()
    await log.getByText('"path": "/heard-first"').waitFor()
    await page.getByRole('button', { name: 'Pause', exact: true }).click()
    await visit('/heard-second')
    await page.getByText('Paused; 1 wait.').waitFor()
    expect(await log.getByText('/heard-second').count()).toBe(0)
    await page.getByRole('button', { name: 'Go on', exact: true }).click()
    await log.getByText('/heard-second').waitFor()
    await page.goto('/settings/server')
    await page.getByText('30 days (set by CADRE_RUN_DAYS)').waitFor()
    await page.getByText('1 day', { exact: true }).waitFor()
  })

  test('how long runs are kept is set here, after a look at what that deletes', async () => {
    const page = await open('/settings/server')
    await page.getByText('30 days (set by CADRE_RUN_DAYS)').waitFor()
    await page.getByRole('button', { name: 'Change… Runs, with their traces' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Keep').selectOption('days')
    await dialog.getByLabel('Days').fill('7')
    await dialog.getByRole('button', { name: 'See what that deletes' }).click()
    await dialog.getByText('Nothing is deleted by this now.').waitFor()
    expect(await api<RetentionState>(server.url, 'GET', '/server/retention')).toMatchObject({ runs: { days: 30, source: 'configured' } })
    await dialog.getByRole('button', { name: 'Keep it so' }).click()
    await page.getByText('CADRE_RUN_DAYS says: 30 days').waitFor()
    await page.getByText(/^7 days \(set here/).waitFor()
    expect(await api<RetentionState>(server.url, 'GET', '/server/retention')).toMatchObject({ runs: { days: 7, source: 'stored' } })
    // Left without a change.
    await page.getByRole('button', { name: 'Change… Audit log' }).click()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.waitFor({ state: 'hidden' })
  })

  test('ForgeHooks go out beside agents, and come in with what they are allowed and given', async () => {
    const see = [{ path: '/see', effect: 'read' }]
    const runtime = { type: 'http', base_url: 'https://api.example.com', headers: { authorization: 'Bearer planted-secret' } }
    await api(server.url, 'POST', '/plugins', { id: 'finder', name: 'Finder', version: '1.0.0', runtime, endpoints: see })
    const page = await open('/settings/transfer')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download them' }).click()])
    const text = readFileSync(await download.path(), 'utf8')
    expect(text).not.toContain('planted-secret')
    const file = JSON.parse(text) as { agents: Agent[]; forgehooks: HookInFile[] }
    expect(file).toMatchObject({ format: 'cadre-workspace-1', forgehooks: [{ manifest: { id: 'finder' }, secrets: ['authorization'] }] })

    file.forgehooks[0]!.manifest.version = '2.0.0'
    file.forgehooks[0]!.manifest.permissions.network = ['example.com']
    const agents = [{ name: 'Seeker', system_prompt: 'You seek.', tools: ['finder__see'] }]
    const buffer = Buffer.from(JSON.stringify({ ...file, agents }))
    await page.locator('input[type=file]').setInputFiles({ name: 'workspace.json', mimeType: 'application/json', buffer })
    const dialog = page.getByRole('dialog', { name: 'Import ForgeHooks' })
    await dialog.getByText('left out', { exact: true }).waitFor()
    await dialog.getByLabel('One whose id is taken').selectOption('rename')
    await dialog.getByText('https://api.example.com').waitFor()
    await dialog.getByLabel('Value of authorization').fill('Bearer mine')
    expect(await dialog.getByRole('button', { name: 'Import 1' }).count()).toBe(0)
    await dialog.getByLabel('Allow finder all of this').check()
    await dialog.getByRole('button', { name: 'Import 1' }).click()
    await dialog.getByText('Here it is called finder-2.').waitFor()
    await dialog.getByRole('button', { name: 'Go on with the agents' }).click()
    await page.getByRole('dialog', { name: 'Import agents' }).getByRole('button', { name: 'Import 1' }).click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    const seeker = await api<Agent>(server.url, 'GET', '/agents/seeker')
    expect(seeker.tools).toEqual(['finder-2__see'])
    await api(server.url, 'DELETE', `/agents/${seeker.id}`)
  })

  test('agents go out as a file and come in again, after a look at what would change', async () => {
    const page = await open('/settings/transfer')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download them' }).click()])
    const {
      agents: [helper],
    } = JSON.parse(readFileSync(await download.path(), 'utf8')) as { agents: Agent[] }
    expect(helper).toMatchObject({ name: 'Helper', system_prompt: 'You count.', tools: ['calculator'] })
    const upload = (name: string, text: string) =>
      page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) })
    await upload('broken.yaml', 'name: [')
    await page.getByRole('alert').getByText('The file cannot be imported').waitFor()

    await upload(
      'agents.json',
      JSON.stringify([{ ...helper, system_prompt: 'You sum.' }, { name: 'Second', system_prompt: 'You read.' }, { name: 'Empty' }]),
    )
    const dialog = page.getByRole('dialog', { name: 'Import agents' })
    await dialog.getByText('Changes: system_prompt').waitFor()
    expect(await api<Agent[]>(server.url, 'GET', '/agents')).toHaveLength(1)
    await dialog.getByRole('button', { name: 'Import 3' }).click()
    await dialog.getByText('2 of 3 are done.').waitFor()
    await dialog.getByText(/system_prompt: is required/).waitFor()
    const agents = await api<Agent[]>(server.url, 'GET', '/agents')
    expect(agents.map(({ name, system_prompt }) => `${name}: ${system_prompt}`)).toEqual(['Second: You read.', 'Helper: You sum.'])
    // The browser tells its console of the one that was refused.
    watched.complaints.splice(0)
  })

  test('lifecycle hooks are switched in the page of their ForgeHook, and a run tells what they added', async () => {
    const page = await open('/tools/date-and-language')
    await page.getByLabel('When a run begins').check()
    await page.getByLabel('For', { exact: true }).selectOption('some')
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
    await page.getByRole('checkbox', { name: 'Helper' }).check()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved.').waitFor()
    const { id } = await api<Agent>(server.url, 'GET', '/agents/helper')
    const state = await api<LifecycleState>(server.url, 'GET', '/plugins/date-and-language/lifecycle')
    expect(state).toMatchObject({
      agents: [id],
      points: expect.arrayContaining([expect.objectContaining({ point: 'agent_initialization', on: true })]),
    })

    const run = await api<Run>(server.url, 'POST', '/agents/helper/run', { input: 'What is 12 * 7?' })
    expect(run.prepared).toMatchObject({ hooks: ['date-and-language'] })
    await page.goto(`/runs/${run.run_id}`)
    await page.getByRole('option').first().click()
    await page.getByRole('heading', { name: 'Put into the prompt by date-and-language' }).waitFor()
    await page.getByText(run.prepared?.system ?? '').waitFor()
  })

  test('a login elsewhere that failed is explained', async () => {
    const page = await open('/login?failed=expired')
    await page.getByRole('alert').getByText('not begun in this browser').waitFor()
  })
})
