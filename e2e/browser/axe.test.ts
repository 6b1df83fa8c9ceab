import type { Approval } from '@cadre/contract/approvals'
import type { Conversation } from '@cadre/contract/conversations'
import type { Message } from '@cadre/contract/messages'
import type { Run } from '@cadre/contract/runs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { noBrowser, openBrowser, openPage, seriousFindings } from './open-browser.ts'

// Every page, and every dialog, in light, in dark and on a narrow screen: nothing serious for axe, nothing wider than the screen.

const click = (name: string) => (page: Page) => page.getByRole('button', { name, exact: true }).first().click()
async function openRoomSettings(page: Page) {
  await page.getByRole('button', { name: 'More for this conversation' }).click()
  await page.getByRole('menuitem', { name: 'Settings' }).click()
}
/** One ForgeHook of each kind: it comes in, it asks for something, it cannot. */
async function openHooksFile(page: Page) {
  const hook = (id: string, runtime: object, more: object = {}) => ({
    manifest: { id, name: id, version: '1.0.0', runtime, endpoints: [{ path: '/see', effect: 'read' }] },
    ...more,
  })
  const forgehooks = [
    hook('plain', { type: 'code', source: `export default { '/see': () => ({}) }` }),
    hook('asking', { type: 'http', base_url: 'https://api.example.com' }, { secrets: ['authorization'] }),
    hook('../broken', { type: 'code', source: 'x' }),
  ]
  const buffer = Buffer.from(JSON.stringify({ format: 'cadre-workspace-1', forgehooks }))
  await page.locator('input[type=file]').setInputFiles({ name: 'file.json', mimeType: 'application/json', buffer })
  await page.getByText('It is no ForgeHook that can be registered.').waitFor()
}
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
  { path: '/runs/RUN/compare/RUN', heading: 'Two runs side by side' },
  { path: '/agents/helper/versions', heading: 'Versions' },
  { path: '/conversations', heading: 'Conversations' },
  { path: '/conversations', heading: 'Conversations', open: click('New conversation'), dialog: 'New conversation' },
  { path: '/conversations/ROOM', heading: null, open: (page) => page.getByRole('log').getByRole('article').first().hover() },
  { path: '/conversations/ROOM?thread=MESSAGE', heading: null, open: (page) => page.getByRole('complementary', { name: 'Thread' }).waitFor() },
  { path: '/conversations/ROOM', heading: null, open: openRoomSettings, dialog: 'Settings of the conversation' },
  { path: '/tools', heading: 'Tools' },
  { path: '/tools?q=dates', heading: 'Tools' },
  { path: '/tools/date-utils', heading: 'Date utilities' },
  { path: '/tools/redact', heading: 'Redact', open: (page) => page.getByRole('button', { name: 'Save' }).waitFor() },
  { path: '/tools#add', heading: null, dialog: 'Add a tool' },
  { path: '/models', heading: 'Models', open: (page) => page.getByText('Chat').waitFor() },
  { path: '/models', heading: 'Models', open: click('Add a provider'), dialog: 'Add a model provider' },
  { path: '/monitoring', heading: 'Monitoring', open: (page) => page.getByText('As a table').click() },
  { path: '/usage', heading: 'Usage' },
  { path: '/usage', heading: 'Usage', open: click('Set a budget'), dialog: 'Set a budget' },
  { path: '/agents', heading: 'Agents', open: (page) => page.keyboard.press('Control+k'), dialog: 'Command palette' },
  { path: '/agents', heading: 'Agents', open: (page) => page.keyboard.press('?'), dialog: 'Keyboard shortcuts' },
  { path: '/approvals', heading: 'Approvals', open: click('Always…') },
  { path: '/approvals?view=decided', heading: 'Approvals', open: (page) => page.getByText('Approved for good').click() },
  { path: '/approvals?view=rules', heading: 'Approvals', open: click('Forget mail__send'), dialog: 'Forget this rule?' },
  { path: '/settings/account', heading: 'Settings' },
  { path: '/settings/appearance', heading: 'Settings' },
  { path: '/settings/people', heading: 'Settings', open: click('Add a person'), dialog: 'Add the first user' },
  { path: '/settings/workspaces', heading: 'Settings' },
  { path: '/settings/grants', heading: 'Settings', open: click('Grant something'), dialog: 'Grant something' },
  { path: '/settings/keys', heading: 'Settings', open: click('Make an API key'), dialog: 'Make an API key' },
  { path: '/settings/connections', heading: 'Settings' },
  { path: '/settings/audit', heading: 'Settings', open: click('Verify') },
  { path: '/settings/transfer', heading: 'Settings' },
  { path: '/settings/server', heading: 'Settings', open: click('Change… Audit log'), dialog: 'How long to keep: Audit log' },
  { path: '/settings/transfer', heading: 'Settings', open: openHooksFile, dialog: 'Import ForgeHooks' },
  { path: '/settings/logs', heading: 'Settings', open: (page) => page.getByText('live').waitFor() },
  { path: '/login?failed=unknown', heading: 'Log in' },
  { path: '/reset', heading: 'Set a new password' },
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
  let message: Message
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
    await askTwice(server.url)
    const room = await api<Conversation>(server.url, 'POST', '/conversations', { kind: 'dm', participants: [{ kind: 'agent', id: 'helper' }] })
    message = await api<Message>(server.url, 'POST', `/conversations/${room.id}/messages`, { content: 'What is **12 * 7**?\n\n- a\n- b' })
    await api(server.url, 'PUT', `/messages/${message.id}/reactions/%F0%9F%91%8D`)
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
        await page.goto(path.replaceAll('RUN', run.run_id).replace('ROOM', message.conversation_id).replace('MESSAGE', message.id))
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

/** One call waits for a person, and one was approved for good; the service behind it is away. */
async function askTwice(url: string) {
  const input = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] }
  const endpoints = [{ path: '/send', description: 'Sends a mail with this text', approval: 'always', input }]
  const runtime = { type: 'http', base_url: 'http://127.0.0.1:9' }
  await api(url, 'POST', '/plugins', { id: 'mail', name: 'Mail', version: '1.0.0', runtime, permissions: { network: ['127.0.0.1:9'] }, endpoints })
  await api(url, 'POST', '/agents', { name: 'Mailer', system_prompt: 'You send mails.', tools: ['mail__send'], provider: 'builtin' })
  const pending = () => api<Approval[]>(url, 'GET', '/approvals?status=pending')
  for (const text of ['one', 'two']) await api(url, 'POST', '/agents/mailer/run', { input: `Send a mail with the text "${text}"`, wait: 0 })
  await vi.waitUntil(async () => (await pending()).length === 2, { timeout: 10_000 })
  await api(url, 'POST', `/approvals/${(await pending())[0]?.id}`, { decision: 'approve', scope: 'always' })
}

async function look(page: Page): Promise<string[]> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  return [...(await seriousFindings(page)), ...(overflow > 0 ? [`wider than the screen by ${overflow} px`] : [])]
}
