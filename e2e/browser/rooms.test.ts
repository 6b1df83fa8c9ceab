import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ModelDouble, startModelDouble } from '../../core/src/test/model-double.ts'
import { withOwner } from '../../server/src/test/real-cadre.ts'
import { noBrowser, openBrowser, openPage, seriousFindings } from './open-browser.ts'

// What a member does in rooms, in a real browser against the real server: whom they find, which branch they go on from, what they bring along.

describe.skipIf(noBrowser)('rooms of a member', () => {
  let browser: Browser
  let double: ModelDouble
  let server: Awaited<ReturnType<typeof withOwner>>
  let mia: Awaited<ReturnType<typeof server.as>>
  let agentId = ''
  beforeAll(async () => {
    double = await startModelDouble(({ messages }, count) => ({
      text: `Answer ${count} to ${messages.filter(({ role }) => role === 'user').length}.`,
    }))
    ;[browser, server] = await Promise.all([openBrowser(), withOwner('SQLite')])
    mia = await server.as('member', 'Mia')
    await server.boss('POST', 'providers', { id: 'double', type: 'custom', base_url: double.url, default_model: 'double' })
    const agent = { name: 'Ana', system_prompt: 'x', provider: 'double', model: 'double' }
    agentId = (await server.boss('POST', 'agents', agent)).data.id
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    await double?.close()
  })

  async function open(path: string, options: Parameters<typeof openPage>[2] = {}) {
    const watched = await openPage(browser, server.cadre.url, options)
    const [name = '', value = ''] = mia.cookie.split('=')
    await watched.page.context().addCookies([{ name, value, url: server.cadre.url }])
    await watched.page.goto(path)
    const end = async () => {
      await watched.close()
      expect(watched.complaints).toEqual([])
    }
    return { page: watched.page, log: watched.page.getByRole('log'), end }
  }
  const room = async (title: string) => {
    const participants = [{ kind: 'agent', id: agentId }]
    return (await mia.call('POST', 'conversations', { kind: 'group', title, participants, policy: { debounce_ms: 0 } })).data.id as string
  }
  const send = async (page: Page, text: string) => {
    await page.getByRole('textbox', { name: /^Message / }).fill(text)
    await page.keyboard.press('Enter')
  }

  test('people are found by name; what they say is counted in the navigation, and the room is found by keys', async () => {
    const { page, log, end } = await open('/conversations')
    await page.getByRole('button', { name: 'New conversation' }).first().click()
    const dialog = page.getByRole('dialog', { name: 'New conversation' })
    await dialog.getByRole('checkbox', { name: 'Olga' }).waitFor()
    expect(await dialog.getByRole('checkbox', { name: 'Mia' }).count()).toBe(0)
    await dialog.getByRole('searchbox').fill('olg')
    await dialog.getByRole('checkbox', { name: 'Ana' }).waitFor({ state: 'detached' })
    await dialog.getByRole('checkbox', { name: 'Olga' }).check()
    await dialog.getByRole('button', { name: 'Begin' }).click()
    await page.getByRole('textbox', { name: 'Message Olga' }).waitFor()
    const id = new URL(page.url()).pathname.split('/').at(-1)
    await page.goto('/agents')
    await page.getByRole('heading', { name: 'Agents', level: 1 }).waitFor()
    await server.boss('POST', `conversations/${id}/messages`, { content: 'are you there?' })
    // It is asked for every ten seconds; whoever comes anew sees it at once.
    await page.reload()
    await page.getByRole('navigation', { name: 'Main' }).getByTitle('1 unread message').waitFor()
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').fill('olga')
    await page.getByRole('option', { name: 'Olga' }).waitFor()
    await page.keyboard.press('Enter')
    await log.getByText('are you there?').waitFor()
    await page.getByRole('navigation', { name: 'Main' }).getByTitle('1 unread message').waitFor({ state: 'detached' })
    await end()
  })

  test('an earlier version is gone on from, in every window', async () => {
    const id = await room('Branches')
    const { page, log, end } = await open(`/conversations/${id}`)
    const other = await open(`/conversations/${id}`)
    await send(page, 'one')
    await log.getByText('Answer 1 to 1.').waitFor()
    await log.getByRole('article').last().hover()
    await page.getByRole('toolbar').getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Another answer' }).click()
    await log.getByText('Answer 2 to 1.').waitFor()
    await log.getByRole('button', { name: 'The version before' }).click()
    await log.getByText('Answer 1 to 1.').waitFor()
    await page.getByRole('button', { name: 'Go on from this version' }).click()
    await page.getByText('You look at an earlier version').waitFor({ state: 'detached' })
    await other.log.getByText('Answer 1 to 1.').waitFor()
    await send(page, 'two')
    await log.getByText('Answer 3 to 2.').waitFor()
    const [, , , answer] = (await mia.call('GET', `conversations/${id}/messages?branches=active`)).data
    expect(answer.content).toBe('Answer 3 to 2.')
    await log.getByRole('button', { name: 'The version after' }).click()
    await log.getByText('Answer 2 to 1.').waitFor()
    await expect.poll(() => log.getByText('two', { exact: true }).count()).toBe(0)
    await page.getByRole('button', { name: 'Back to the newest' }).click()
    await log.getByText('Answer 3 to 2.').waitFor()
    await end()
    await other.end()
  })

  test('the budget of a room is set in its settings, which say what was spent', async () => {
    const id = await room('Thrift')
    const { page, log, end } = await open(`/conversations/${id}`)
    const settings = async () => {
      await page.getByRole('button', { name: 'More for this conversation' }).click()
      await page.getByRole('menuitem', { name: 'Settings' }).click()
    }
    await settings()
    const unit = page.getByRole('combobox', { name: 'What agents may spend here' })
    await unit.selectOption({ label: 'Tokens' })
    const limit = page.getByRole('textbox', { name: 'At most' })
    await limit.fill('1.5')
    await page.getByText('A number from 0 on, of tokens a whole one.').waitFor()
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
    await limit.fill('100000')
    await page.getByRole('combobox', { name: 'Messages that come while an agent works' }).selectOption('interrupt')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await send(page, 'hello')
    await log.getByText(/^Answer \d+ to 1\.$/).waitFor()
    await settings()
    await page.getByText(/^[1-9]\d* of 100,000 spent\. It begins anew/).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    const { policy } = (await mia.call('GET', `conversations/${id}`)).data
    expect(policy).toMatchObject({ turns: 'interrupt', budget: { unit: 'tokens', limit: 100_000, period: 'day' } })
    await end()
  })

  test('a history is imported from a file, once; what is no history is said', async () => {
    const { page, log, end } = await open('/conversations', { viewport: { width: 390, height: 844 } })
    const mapping = {
      a: { id: 'a', parent: null, message: { author: { role: 'user' }, content: { content_type: 'text', parts: ['asked elsewhere'] } } },
      b: { id: 'b', parent: 'a', message: { author: { role: 'assistant' }, content: { content_type: 'text', parts: ['answered elsewhere'] } } },
    }
    const text = JSON.stringify([{ id: 'chat-1', title: 'From elsewhere', mapping, current_node: 'b' }])
    const dialog = page.getByRole('dialog', { name: 'Import conversations' })
    const give = async (name: string, buffer: string) => {
      await page.getByRole('button', { name: 'Import conversations' }).click()
      await dialog.getByLabel('File').setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(buffer) })
      await dialog.getByRole('button', { name: 'Import', exact: true }).click()
    }
    await give('export.zip', 'PK\u0003\u0004')
    await dialog.getByText('This is an archive', { exact: false }).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    await page.keyboard.press('Escape')
    await give('conversations.json', text)
    await dialog.getByText('1 conversation imported.').waitFor()
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await give('conversations.json', text)
    await dialog.getByText('0 conversations imported. 1 was there already.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('link', { name: /From elsewhere/ }).click()
    await log.getByText('answered elsewhere').waitFor()
    await end()
  })
})
