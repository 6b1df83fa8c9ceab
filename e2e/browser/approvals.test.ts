import type { Approval, ApprovalRule } from '@cadre/contract/approvals'
import type { Run } from '@cadre/contract/runs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type EffectService, startEffectService } from '../../core/src/test/effect-service.ts'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { noBrowser, openBrowser, openPage, tabTo, type WatchedPage } from './open-browser.ts'

// A call that waits for a person, and every answer to it, in a real browser; the service outside is the witness of what was done.

describe.skipIf(noBrowser)('approvals', () => {
  const folder = temporaryFolder('approvals')
  let browser: Browser
  let server: ServerProcess
  let mail: EffectService
  let watched: WatchedPage

  beforeAll(async () => {
    ;[browser, server, mail] = await Promise.all([openBrowser(), startCadre(folder.path), startEffectService('mail')])
    const { runtime, permissions } = mail.manifest
    const input = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'], additionalProperties: false }
    const endpoints = [{ path: '/send', description: 'Sends a mail with this text', approval: 'always', input }]
    await api(server.url, 'POST', '/plugins', { id: 'mail', name: 'Mail', version: '1.0.0', runtime, permissions, endpoints })
    await api(server.url, 'POST', '/agents', { name: 'Mailer', system_prompt: 'You send mails.', provider: 'builtin', tools: ['mail__send'] })
  })
  afterEach(async () => {
    const { complaints, close } = watched
    await close()
    // The browser itself tells its console of every answer that is an error.
    expect(complaints.filter((text) => !/the server responded with a status of 422/.test(text))).toEqual([])
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await mail?.close()
    folder.remove()
  })

  async function open(path: string): Promise<Page> {
    watched = await openPage(browser, server.url)
    await watched.page.goto(path)
    return watched.page
  }
  const start = (text: string) =>
    api<Run>(server.url, 'POST', '/agents/mailer/run', { input: `Send a mail with the text ${JSON.stringify(text)}`, wait: 0 })
  const ended = (run: Run) => expect.poll(async () => (await api<Run>(server.url, 'GET', `/runs/${run.run_id}`)).status).toBe('completed')
  const arrived = () => mail.arrivals.map(({ input }) => input)
  const decided = async (run: Run) => (await api<Approval[]>(server.url, 'GET', `/approvals?run=${run.run_id}`))[0]

  test('the navigation counts what waits; edited arguments must fit the schema and are what is sent', async () => {
    const run = await start('hello')
    const page = await open('/agents')
    await page.getByTitle('1 waiting for approval').waitFor()
    await page.getByRole('link', { name: 'Approvals' }).click()
    await page.getByRole('heading', { name: /Mailer wants to call mail__send/ }).waitFor()
    await page.getByText('The tool says so').waitFor()
    await page.getByText('"hello"').waitFor()
    await page.getByRole('button', { name: 'Edit…' }).click()
    const field = page.getByRole('textbox', { name: 'Arguments, as JSON' })
    await field.fill('["hello"]')
    await page.getByText('This is no JSON object.').waitFor()
    await field.fill('{"text": 7}')
    await page.getByRole('button', { name: 'Approve these arguments' }).click()
    await page.locator('[aria-invalid] ~ p', { hasText: /^text / }).waitFor()
    await field.fill('{"text": "hello, and goodbye"}')
    await page.getByRole('button', { name: 'Approve these arguments' }).click()
    await page.getByText('Nothing waits for you').waitFor()
    await ended(run)
    expect(arrived()).toEqual([{ text: 'hello, and goodbye' }])
    await page.getByRole('link', { name: 'Decided' }).click()
    await page.getByText('Approved once').click()
    await page.getByText('Approved with these arguments instead').waitFor()
  })

  test('the page of a run asks as well; a rejected call is not made, and the note is kept', async () => {
    const sent = arrived().length
    const run = await start('no')
    const page = await open(`/runs/${run.run_id}`)
    await page.getByRole('button', { name: 'Reject…' }).click()
    await page.getByRole('textbox', { name: 'Note to the agent' }).fill('Not to customers.')
    await page.getByRole('button', { name: 'Reject', exact: true }).click()
    await page.getByText('Rejected. The agent is told.').waitFor()
    await page.getByRole('heading', { name: /wants to call/ }).waitFor({ state: 'detached' })
    expect(await decided(run)).toMatchObject({ status: 'rejected', note: 'Not to customers.' })
    expect(arrived()).toHaveLength(sent)
  })

  test('a rule is shown as it will hold, lets calls like it through, and is forgotten after a question', async () => {
    const first = await start('one')
    const page = await open(`/approvals?run=${first.run_id}`)
    await page.getByRole('button', { name: 'Always…' }).click()
    await page.getByRole('group', { name: 'Approved without asking' }).getByText('"one"').waitFor()
    await page.getByRole('checkbox', { name: /^text/ }).uncheck()
    await page.getByRole('group', { name: 'Approved without asking' }).getByText('may be anything').waitFor()
    await page.getByRole('button', { name: 'Approve and remember' }).click()
    await ended(first)
    await ended(await start('two'))
    expect(arrived().slice(-2)).toEqual([{ text: 'one' }, { text: 'two' }])
    await page.getByRole('link', { name: 'Rules' }).click()
    await page.getByRole('button', { name: 'Forget mail__send' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click()
    await page.getByText('No rules yet').waitFor()
    expect(await api<ApprovalRule[]>(server.url, 'GET', '/approval-rules')).toEqual([])
  })

  test('by keyboard alone: an agent is made and run, its trace opened, its question answered', async () => {
    const sent = arrived().length
    const page = await open('/agents')
    await page.getByRole('link', { name: 'Mailer' }).waitFor()
    await page.keyboard.press('c')
    await page.getByRole('textbox', { name: 'Name' }).waitFor()
    await tabTo(page, 'textbox', 'Name')
    await page.keyboard.type('Postman')
    await tabTo(page, 'textbox', 'Instructions')
    await page.keyboard.type('You send mails.')
    await tabTo(page, 'button', 'Next')
    await page.keyboard.press('Enter')
    await tabTo(page, 'checkbox', /^Mail/)
    await page.keyboard.press('Space')
    await page.keyboard.press('Control+s')
    await page.getByRole('heading', { name: 'Postman', level: 1 }).waitFor()
    await tabTo(page, 'textbox', 'Task')
    await page.keyboard.type('Send a mail with the text "by keys"')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('button', { name: 'Approve once' }).waitFor()
    await tabTo(page, 'link', 'Open the trace')
    await page.keyboard.press('Enter')
    await page.getByRole('listbox', { name: 'Trace' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('p')
    await page.getByRole('heading', { name: 'Approvals', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Edit…' }).waitFor()
    await tabTo(page, 'button', 'Edit…')
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'Arguments, as JSON' }).and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('textbox', { name: 'Arguments, as JSON' }).waitFor({ state: 'detached' })
    await tabTo(page, 'button', 'Approve once')
    await page.keyboard.press('Enter')
    await page.getByText('Nothing waits for you').waitFor()
    await expect.poll(arrived).toHaveLength(sent + 1)
    expect(arrived().at(-1)).toEqual({ text: 'by keys' })
  })
})
