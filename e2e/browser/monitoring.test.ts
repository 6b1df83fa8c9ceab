import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { RunSeries } from '@cadre/contract/metrics'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startModelDouble } from '../../core/src/test/model-double.ts'
import { realCadre, withOwner } from '../../server/src/test/real-cadre.ts'
import { noBrowser, openBrowser, openPage, seriousFindings } from './open-browser.ts'

// What is measured, in a real browser against the real server.

const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()
const plot = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true }).locator('.u-over')

async function logIn(page: Page, { email, password }: { email: string; password: string }) {
  await page.getByRole('textbox', { name: 'E-mail address' }).fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** The browser itself tells its console of every answer that is an error. */
const unexpected = (complaints: string[]) => complaints.filter((text) => !/the server responded with a status of 401/.test(text))

/** What the server would write down within a minute. */
function keepMachine(file: string) {
  const db = new DatabaseSync(file)
  db.exec('pragma busy_timeout = 5000')
  db.prepare(
    `insert into machine_stats (at, process, cpu, machine_cpu, memory, machine_memory, disk_free, event_loop_ms, queue_depth, query_ms, pool)
     values (?, 'test', 0.5, 0.5, 2e8, 4e9, 1e11, 12, 0, 0.2, 0)`,
  ).run(Math.floor(Date.now() / 60_000) * 60_000)
  db.close()
}

describe.skipIf(noBrowser)('monitoring', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  test('shows runs as they end, and a click on a point lists them', async () => {
    const double = await startModelDouble((request) => (JSON.stringify(request).includes('Fail') ? { status: 400, error: 'no' } : { text: 'yes' }))
    const server = await realCadre('SQLite')
    const call = server.at()
    await call('POST', 'providers', { id: 'double', type: 'custom', base_url: double.url, default_model: 'double' })
    await call('POST', 'agents', { name: 'Helper', system_prompt: 'x', provider: 'double', model: 'double' })
    const { page, complaints, close } = await openPage(browser, server.cadre.url)
    await page.goto('/')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('o')
    await heading(page, 'Monitoring')
    await page.getByText('No run ended in this time').waitFor()
    await page.getByText('Nothing was measured in this time yet.', { exact: false }).waitFor()

    for (const input of ['One', 'Two', 'Fail']) await call('POST', 'agents/helper/run', { input })
    keepMachine(join(server.folder, 'cadre.db'))
    await page.getByRole('button', { name: 'Show 30 days' }).click()
    await expect.poll(() => new URL(page.url()).search).toBe('?range=month')
    await page.getByText('66.7%').first().waitFor()
    await plot(page, 'Memory').waitFor()

    const from = new Date(Date.now() - 30 * 86_400_000).toISOString()
    const series: RunSeries = (await call('GET', `metrics/series?points=180&from=${from}`)).data
    const place = (series.runs.findLastIndex((runs) => runs > 0) + 0.5) / series.runs.length
    const clickAt = async (title: string, height: number) => {
      const box = await plot(page, title).boundingBox()
      if (!box) throw new Error(`${title} has no chart`)
      await plot(page, title).click({ position: { x: box.width * place, y: box.height * height } })
      await heading(page, 'Runs')
      return [...new URL(page.url()).searchParams.keys()].join()
    }
    // The upper third of the bar, which reaches nearly to the top, are those that failed.
    expect(await clickAt('Runs', 0.2)).toBe('status,from,to')
    await page.getByRole('link', { name: 'Fail' }).waitFor()
    await expect.poll(() => page.getByRole('link', { name: 'One' }).count()).toBe(0)
    await page.goBack()
    expect(await clickAt('Success rate', 0.5)).toBe('from,to')
    for (const input of ['One', 'Two', 'Fail']) await page.getByRole('link', { name: input }).waitFor()

    await page.goBack()
    await page.getByText('As a table').click()
    await page.getByRole('link', { name: /^2 runs, Completed,/ }).click()
    await page.getByRole('link', { name: 'Two' }).waitFor()
    expect(await page.getByRole('combobox', { name: 'State' }).inputValue()).toBe('completed')
    await page.getByRole('combobox', { name: 'When' }).selectOption('Any time')
    await expect.poll(() => new URL(page.url()).search).toBe('?status=completed')
    expect(complaints).toEqual([])
    await close()
    await server.stop()
    await double.close()
  })

  test('who may not see it is told so, and another workspace sees no server', async () => {
    const server = await withOwner('SQLite')
    const viewer = await server.as('viewer')
    const { page, complaints, close } = await openPage(browser, server.cadre.url)
    await page.goto('/monitoring')
    await logIn(page, viewer)
    await page.getByText('These figures are for builders, admins and owners').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    expect(unexpected(complaints)).toEqual([])
    await close()

    await server.boss('POST', 'workspaces', { name: 'Lab' })
    await server.boss('POST', 'sessions/switch', { workspace: 'lab' })
    const [name = '', value = ''] = server.bossCookie.split('=')
    const other = await openPage(browser, server.cadre.url)
    await other.page.context().addCookies([{ name, value, url: server.cadre.url }])
    await other.page.goto('/monitoring')
    await other.page.getByText('No run ended in this time').waitFor()
    await other.page.getByText('What the server has to do shows in the first workspace only.').waitFor()
    expect(other.complaints).toEqual([])
    await other.close()
    await server.stop()
  })

  test('a forgotten password is set anew by the code alone', async () => {
    const server = await withOwner('SQLite')
    const ben = await server.as('builder', 'ben')
    const { token } = (await server.boss('POST', `users/${ben.id}/password-reset`)).data
    const { page, complaints, close } = await openPage(browser, server.cadre.url)
    await page.goto('/login')
    await page.getByRole('link', { name: 'Have a reset code?' }).click()
    const password = 'one of my very own'
    await page.getByLabel('Reset code').fill(`${server.cadre.url}/reset#${token}`)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByLabel('The password again').fill(password)
    await page.getByRole('button', { name: 'Set a new password' }).click()
    await page.getByText('Your password is set.', { exact: false }).waitFor()
    await page.getByRole('link', { name: 'Log in' }).click()
    await logIn(page, { email: ben.email, password })
    await page.getByRole('button', { name: /^Your account ben/ }).waitFor()
    expect(unexpected(complaints)).toEqual([])
    await close()
    await server.stop()
  })
})
