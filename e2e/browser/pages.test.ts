import type { Agent } from '@cadre/contract/agents'
import type { Run } from '@cadre/contract/runs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { noBrowser, openBrowser, openPage, tabTo } from './open-browser.ts'

// The pages in a real browser against the real server, led by the planner inside.

const table = 'region,amount\nWest,1500\nEast,2000\nWest,1200'

async function clean(watched: { complaints: string[]; close(): Promise<void> }) {
  await watched.close()
  expect(watched.complaints).toEqual([])
}

describe.skipIf(noBrowser)('from nothing', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  async function fresh() {
    const folder = temporaryFolder('pages')
    const server = await startCadre(folder.path)
    const watched = await openPage(browser, server.url)
    const end = async () => {
      await clean(watched)
      await server.stop()
      folder.remove()
    }
    return { ...watched, server, end }
  }

  test('by mouse: two clicks to the first answer, then an agent of one’s own, a run and its trace', async () => {
    const { page, server, end } = await fresh()
    await page.goto('/')
    await page.getByRole('button', { name: 'Go on with the planner' }).click()
    await page.getByRole('button', { name: 'What is 12.5% of 1840?' }).click()
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByLabel('Answer').getByText('230').first().waitFor()
    expect((await api<Agent[]>(server.url, 'GET', '/agents')).map(({ slug }) => slug)).toEqual(['assistant', 'data-cleanup'])

    await page.getByRole('link', { name: 'Agents', exact: true }).click()
    await page.getByRole('link', { name: 'New agent' }).click()
    await page.getByRole('button', { name: 'Create agent' }).click()
    await page.getByRole('textbox', { name: 'Name' }).and(page.locator('[aria-invalid]')).waitFor()
    await page.getByRole('textbox', { name: 'Name' }).fill('Summer')
    await page.getByRole('textbox', { name: 'Instructions' }).fill('You sum up tables.')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByRole('checkbox', { name: /Data transform/ }).check()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByRole('textbox', { name: 'Task' }).fill('Sum the amounts per region and return as JSON')
    await page.getByRole('button', { name: 'Add data' }).click()
    await page.getByRole('textbox', { name: 'Data' }).fill(table)
    await page.getByText('Sent as CSV, in data.csv.').waitFor()
    await page.getByRole('button', { name: 'Save and run' }).click()
    await page.getByLabel('Answer').getByRole('cell', { name: '2700' }).waitFor()
    expect(await api<Agent>(server.url, 'GET', '/agents/summer')).toMatchObject({ tools: ['data-transform'], provider: 'auto' })

    await page.getByRole('link', { name: 'Open the trace' }).click()
    await page.getByRole('listbox', { name: 'Trace' }).getByText('data-transform', { exact: false }).first().click()
    await page.getByRole('heading', { name: 'Input' }).waitFor()
    await page.getByRole('heading', { name: 'Output' }).waitFor()
    await page.getByRole('searchbox', { name: 'Find in the trace' }).fill('no such words')
    await page.getByText('Nothing in the trace fits.').waitFor()
    await end()
  })

  test('by keyboard alone: first run, an agent, a run, its trace', async () => {
    const { page, server, end } = await fresh()
    await page.goto('/')
    await page.getByRole('button', { name: 'Go on with the planner' }).waitFor()
    await tabTo(page, 'button', 'Go on with the planner')
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'Task' }).waitFor()

    await page.keyboard.press('c')
    await page.getByRole('textbox', { name: 'Name' }).waitFor()
    await tabTo(page, 'textbox', 'Name')
    await page.keyboard.type('Keys only')
    await tabTo(page, 'textbox', 'Instructions')
    await page.keyboard.type('You sum up tables. c and ? are letters here.')
    await tabTo(page, 'button', 'Next')
    await page.keyboard.press('Enter')
    await page.getByRole('checkbox', { name: /Data transform/ }).waitFor()
    await tabTo(page, 'checkbox', /Data transform/)
    await page.keyboard.press('Space')
    await page.keyboard.press('Control+s')
    await page.getByRole('heading', { name: 'Keys only', level: 1 }).waitFor()
    expect(await api<Agent>(server.url, 'GET', '/agents/keys-only')).toMatchObject({ system_prompt: 'You sum up tables. c and ? are letters here.' })

    await tabTo(page, 'textbox', 'Task')
    await page.keyboard.type('Sum the amounts per region and return as JSON')
    await tabTo(page, 'button', 'Add data')
    await page.keyboard.press('Enter')
    await tabTo(page, 'textbox', 'Data')
    await page.keyboard.insertText(table)
    await page.keyboard.press('Control+Enter')
    await page.getByLabel('Answer').getByRole('cell', { name: '2700' }).waitFor()

    await tabTo(page, 'link', 'Open the trace')
    await page.keyboard.press('Enter')
    await page.getByRole('listbox', { name: 'Trace' }).waitFor()
    await tabTo(page, 'listbox', 'Trace')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.getByRole('heading', { name: 'Output' }).waitFor()

    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Command palette' }).waitFor()
    await page.keyboard.type('Models')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('r')
    await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor()
    await page.getByRole('link', { name: /Sum the amounts/ }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /Sum the amounts/, level: 1 }).waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await end()
  })
})

describe.skipIf(noBrowser)('with agents and runs', () => {
  const folder = temporaryFolder('pages')
  let browser: Browser
  let server: ServerProcess
  let agent: Agent

  beforeAll(async () => {
    server = await startCadre(folder.path)
    browser = await openBrowser()
    agent = await api<Agent>(server.url, 'POST', '/agents', {
      name: 'Helper',
      system_prompt: 'You work with data.',
      tools: ['data-transform', 'calculator'],
      provider: 'builtin',
    })
    await api<Run>(server.url, 'POST', '/agents/helper/run', { input: 'Sum the amounts per region and return as JSON', data: { csv: table } })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    folder.remove()
  })
  const open = (options = {}) => openPage(browser, server.url, options)

  test('what was deleted can be had back, and is gone when it cannot', async () => {
    await api(server.url, 'POST', '/agents', { name: 'Short lived', system_prompt: 'x' })
    const watched = await open()
    const { page } = watched
    const card = page.getByRole('link', { name: 'Short lived' })
    const remove = async () => {
      await page.getByRole('button', { name: 'Actions for Short lived' }).click()
      await page.getByRole('menuitem', { name: 'Delete' }).click()
      await card.waitFor({ state: 'detached' })
    }
    await page.goto('/agents')
    await remove()
    await page.getByRole('button', { name: 'Undo' }).click()
    await card.waitFor()
    await remove()
    await page.getByRole('region', { name: 'Notifications' }).getByRole('button', { name: 'Close' }).click()
    await expect.poll(async () => (await api<Agent[]>(server.url, 'GET', '/agents')).map(({ name }) => name)).toEqual(['Helper'])
    await clean(watched)
  })

  test('filters stand in the address, and what is copied is a call that works', async () => {
    const watched = await open({ permissions: ['clipboard-read', 'clipboard-write'] })
    const { page } = watched
    await page.goto('/runs?status=failed')
    await page.getByText('No run fits').waitFor()
    await page.getByRole('combobox', { name: 'State' }).selectOption('completed')
    await page
      .getByRole('link', { name: /Sum the amounts/ })
      .first()
      .waitFor()
    expect(new URL(page.url()).search).toBe('?status=completed')

    await page.goto('/agents/helper')
    await page.getByRole('textbox', { name: 'Task' }).fill("It's 12 * 7")
    await page.getByRole('button', { name: 'Copy as' }).click()
    await page.getByRole('menuitem', { name: 'curl' }).click()
    await page.getByText('Copied for curl.', { exact: false }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`${server.url}/api/v1/agents/helper/run`)
    await clean(watched)
  })

  test('a tool is tried by its form: checked first, then called', async () => {
    const watched = await open()
    const { page } = watched
    await page.goto('/tools')
    await page.getByRole('searchbox').fill('days between two dates')
    await page.getByRole('link', { name: 'date-utils__diff' }).click()
    await page.getByRole('button', { name: 'Call it' }).click()
    await page.getByText('This is needed.').first().waitFor()
    await page.getByText('Examples').locator('..').getByRole('button').first().click()
    await page.getByRole('button', { name: 'Check only' }).click()
    await page.getByText('It would be done like this:').waitFor()
    await page.getByRole('button', { name: 'Call it' }).click()
    await page.getByRole('heading', { name: /^Result/ }).waitFor()
    await clean(watched)
  })

  test('settings of an agent are kept, and what the server refuses stands at its field', async () => {
    const watched = await open()
    const { page } = watched
    await page.goto('/agents/helper/edit')
    await page.getByText('Limits and budget').click()
    await page.getByRole('spinbutton', { name: 'US dollars of a run' }).fill('0.5')
    await page.getByRole('spinbutton', { name: 'Time, in seconds' }).fill('90')
    await page.getByText('Long conversations').click()
    await page.getByRole('combobox', { name: 'What goes first' }).selectOption('summary')
    await page.getByText('When the model fails').click()
    await page.getByRole('button', { name: 'Add a model' }).click()
    await page.getByRole('textbox', { name: 'Provider' }).fill('builtin')
    await page.getByRole('button', { name: 'Save changes' }).click()
    await page.getByRole('heading', { name: 'Helper', exact: true, level: 1 }).waitFor()
    const { config } = await api<Agent>(server.url, 'GET', `/agents/${agent.id}`)
    expect(config).toMatchObject({ timeout_ms: 90_000, budget: { usd: 0.5 }, context: { strategy: 'summary' }, fallbacks: [{ provider: 'builtin' }] })

    await page.goto('/agents/new')
    await page.getByRole('textbox', { name: 'Name' }).fill('Helper')
    await page.getByRole('textbox', { name: 'Instructions' }).fill('x')
    await page.getByRole('button', { name: 'Create agent' }).click()
    await page
      .getByRole('alert')
      .getByText(/Request req_/)
      .waitFor()
    expect(await page.getByRole('textbox', { name: 'Name' }).getAttribute('aria-invalid')).toBe('true')
    await watched.close()
    // The browser itself tells its console of every answer that is an error.
    expect(watched.complaints.filter((text) => !/the server responded with a status of 409/.test(text))).toEqual([])
  })

  test('in Portuguese, and dark, from the next visit on as well', async () => {
    const watched = await open()
    const { page } = watched
    await page.goto('/agents')
    await page.getByRole('button', { name: 'Appearance' }).click()
    await page.getByText('Português (Brasil)').click()
    await page.getByText('Escuro', { exact: true }).click()
    await page.reload()
    await page.getByRole('heading', { name: 'Agentes', level: 1 }).waitFor()
    expect(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset.theme])).toEqual(['pt-BR', 'dark'])
    await clean(watched)
  })

  test('a server that cannot be reached is waited for, and the page says so', async () => {
    const { page, close } = await open()
    const fetched = page.waitForResponse(/agent-editor/)
    await page.goto('/runs')
    await page.getByRole('link', { name: /Sum the amounts/ }).waitFor()
    await fetched
    await page.context().setOffline(true)
    await page.getByText('The server does not answer. Trying again…').waitFor()
    await page.getByRole('link', { name: 'Tools', exact: true }).click()
    await page.getByRole('alert').getByText('The server cannot be reached.').waitFor()
    await page.context().setOffline(false)
    await page.getByRole('link', { name: 'Calculator' }).waitFor()
    await page.context().setOffline(true)
    await page.getByRole('link', { name: 'Runs', exact: true }).click()
    await api<Run>(server.url, 'POST', '/agents/helper/run', { input: 'What is 12 * 7?' })
    await page.context().setOffline(false)
    await page.getByRole('link', { name: 'What is 12 * 7?' }).waitFor()
    await page.getByText('The server does not answer. Trying again…').waitFor({ state: 'detached' })
    await close()
  })
})
