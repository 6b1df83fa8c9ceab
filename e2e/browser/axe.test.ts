import type { Run } from '@cadre/contract/runs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { noBrowser, openBrowser, openPage, seriousFindings } from './open-browser.ts'

// Every page, and every dialog, in light, in dark and on a narrow screen: nothing serious for axe, nothing wider than the screen.

const click = (name: string) => (page: Page) => page.getByRole('button', { name, exact: true }).first().click()
type Place = { path: string; heading: string | null; open?: (page: Page) => Promise<unknown>; dialog?: string }
const places: Place[] = [
  { path: '/', heading: null },
  { path: '/agents', heading: 'Agents' },
  { path: '/agents?view=table', heading: 'Agents' },
  { path: '/agents/new', heading: 'New agent' },
  { path: '/agents/helper', heading: 'Helper' },
  { path: '/agents/helper/edit', heading: 'Edit Helper', open: (page) => page.getByRole('button', { name: /^2/ }).click() },
  { path: '/runs', heading: 'Runs' },
  { path: '/runs?status=failed', heading: 'Runs' },
  { path: '/runs/RUN', heading: 'Sum the amounts', open: (page) => page.getByRole('option').nth(1).click() },
  { path: '/tools', heading: 'Tools' },
  { path: '/tools?q=dates', heading: 'Tools' },
  { path: '/tools/date-utils', heading: 'Date utilities' },
  { path: '/tools#add', heading: null, dialog: 'Add a tool' },
  { path: '/models', heading: 'Models', open: (page) => page.getByText('Chat').waitFor() },
  { path: '/models', heading: 'Models', open: click('Add a provider'), dialog: 'Add a model provider' },
  { path: '/usage', heading: 'Usage' },
  { path: '/usage', heading: 'Usage', open: click('Set a budget'), dialog: 'Set a budget' },
  { path: '/agents', heading: 'Agents', open: (page) => page.keyboard.press('Control+k'), dialog: 'Command palette' },
  { path: '/agents', heading: 'Agents', open: (page) => page.keyboard.press('?'), dialog: 'Keyboard shortcuts' },
  { path: '/nowhere', heading: null },
]

const views = [
  { name: 'light', options: { colorScheme: 'light', viewport: { width: 1280, height: 900 } } },
  { name: 'dark', options: { colorScheme: 'dark', viewport: { width: 1280, height: 900 } } },
  { name: 'at 390 px', options: { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true } },
] as const

describe.skipIf(noBrowser)('axe', () => {
  const folder = temporaryFolder('axe')
  let server: ServerProcess
  let empty: ServerProcess
  let browser: Browser
  let run: Run
  const nothing = temporaryFolder('axe')

  beforeAll(async () => {
    ;[server, empty, browser] = await Promise.all([startCadre(folder.path), startCadre(nothing.path), openBrowser()])
    const definition = {
      name: 'Helper',
      description: 'Works with tables.',
      system_prompt: 'You work with data.',
      tools: ['data-transform', 'calculator'],
      provider: 'builtin',
    }
    await api(server.url, 'POST', '/agents', definition)
    const csv = 'region,amount\nWest,1500\nEast,2000'
    run = await api<Run>(server.url, 'POST', '/agents/helper/run', { input: 'Sum the amounts per region and return as JSON', data: { csv } })
    await api(server.url, 'POST', '/budgets', { scope: 'global', period: 'month', unit: 'tokens', limit: 1_000_000 })
  })
  afterAll(async () => {
    await browser?.close()
    await Promise.all([server?.stop(), empty?.stop()])
    folder.remove()
    nothing.remove()
  })

  describe.each(views)('$name', ({ options }) => {
    test('finds nothing serious on the first screen', async () => {
      const { page, complaints, close } = await openPage(browser, empty.url, options)
      await page.goto('/')
      await page.getByRole('button', { name: 'Look again' }).waitFor()
      expect(await look(page)).toEqual([])
      expect(complaints).toEqual([])
      await close()
    })

    test('finds nothing serious on any page', { timeout: 120_000 }, async () => {
      const { page, complaints, close } = await openPage(browser, server.url, options)
      const found: Record<string, string[]> = {}
      for (const { path, heading, open, dialog } of places) {
        await page.goto(path.replace('RUN', run.run_id))
        if (heading !== null) await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
        await page.locator('main [role=status][aria-label=Loading]').first().waitFor({ state: 'detached' })
        await open?.(page)
        if (dialog) await page.getByRole('dialog', { name: dialog }).waitFor()
        found[`${path} ${dialog ?? ''}`] = await look(page)
      }
      expect(Object.fromEntries(Object.entries(found).filter(([, findings]) => findings.length > 0))).toEqual({})
      expect(complaints).toEqual([])
      await close()
    })
  })
})

async function look(page: Page): Promise<string[]> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  return [...(await seriousFindings(page)), ...(overflow > 0 ? [`wider than the screen by ${overflow} px`] : [])]
}
