import type { Agent } from '@cadre/contract/agents'
import type { Conversation, Project } from '@cadre/contract/conversations'
import type { Message } from '@cadre/contract/messages'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ModelDouble, type Reply, startModelDouble } from '../../core/src/test/model-double.ts'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { noBrowser, openBrowser, openPage, tabTo } from './open-browser.ts'

// People and agents in rooms, in a real browser against the real server. The model says what the message asks it to.

describe.skipIf(noBrowser)('conversations', () => {
  const folder = temporaryFolder('rooms')
  let server: ServerProcess
  let browser: Browser
  let double: ModelDouble
  let ana: Agent
  let bruno: Agent
  /** Answers that wait until the test lets them. */
  const held: (() => void)[] = []
  let answers = 0

  async function script(last: string): Promise<Reply> {
    answers += 1
    if (last.includes('hold')) await new Promise<void>((resolve) => held.push(resolve))
    if (last.includes('fail')) return { status: 400 }
    if (last.includes('mail it')) return { calls: [{ tool: 'mail__send', input: { text: 'hello' } }] }
    if (last.includes('hang')) return { text: 'as far as this, and never to the end', hang_after: 5 }
    return { text: `Answer **${answers}**.` }
  }
  const letAll = () => held.splice(0).forEach((go) => go())

  beforeAll(async () => {
    double = await startModelDouble(({ messages }) => script(JSON.stringify(messages.at(-1)?.content ?? '')))
    server = await startCadre(folder.path)
    browser = await openBrowser()
    await api(server.url, 'POST', '/providers', { id: 'double', type: 'custom', base_url: double.url, default_model: 'double' })
    const agent = (name: string) =>
      api<Agent>(server.url, 'POST', '/agents', {
        name,
        system_prompt: 'x',
        provider: 'double',
        model: 'double',
        config: { max_retries: 0, retry_on_error: false, replies_per_minute: 1_000 },
      })
    ana = await agent('Ana')
    bruno = await agent('Bruno')
  })
  afterAll(async () => {
    letAll()
    await browser?.close()
    await server?.stop()
    await double?.close()
    folder.remove()
  })

  const room = (title: string, agents: Agent[] = [ana]) =>
    api<Conversation>(server.url, 'POST', '/conversations', {
      kind: 'group',
      title,
      participants: agents.map(({ id }) => ({ kind: 'agent', id })),
      policy: { debounce_ms: 0 },
    })
  const say = (id: string, content: string) => api<Message>(server.url, 'POST', `/conversations/${id}/messages`, { content })
  async function open(path: string) {
    const watched = await openPage(browser, server.url)
    await watched.page.goto(path)
    const field = watched.page.getByRole('textbox', { name: /^Message / })
    const end = async () => {
      await watched.close()
      expect(watched.complaints).toEqual([])
    }
    return { page: watched.page, log: watched.page.getByRole('log'), field, end }
  }
  const send = async (page: Page, text: string) => {
    await page.getByRole('textbox', { name: /^Message / }).fill(text)
    await page.keyboard.press('Enter')
  }

  test('by keyboard alone: a new room with two agents, both named, each answers in a bubble of its own', async () => {
    const { page, log, end } = await open('/conversations')
    await page.getByRole('heading', { name: 'Conversations', level: 1 }).waitFor()
    await page.keyboard.press('n')
    const dialog = page.getByRole('dialog', { name: 'New conversation' })
    for (const name of ['Ana', 'Bruno']) {
      await dialog.getByRole('checkbox', { name }).waitFor()
      await tabTo(page, 'checkbox', name)
      await page.keyboard.press('Space')
    }
    await tabTo(page, 'textbox', /^Title/)
    await page.keyboard.type('Two of them')
    await page.keyboard.press('Enter')
    const field = page.getByRole('textbox', { name: 'Message Two of them' })
    await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.keyboard.type('@an')
    await page.getByRole('option', { name: /Ana/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.keyboard.type('@br')
    await page.getByRole('option', { name: /Bruno/ }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.type('hold on')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('both')
    await page.keyboard.press('Enter')
    await log.getByText('@ana @bruno hold on both').waitFor()
    await log.locator('[data-answer=thinking]').getByText('Ana').waitFor()
    await log.locator('[data-answer=queued]').getByText('Bruno').waitFor()
    await expect.poll(() => held.length).toBe(1)
    letAll()
    await log.locator('[data-answer=thinking]').getByText('Bruno').waitFor()
    await expect.poll(() => held.length).toBe(1)
    letAll()
    await log
      .getByRole('article', { name: /^Bruno/ })
      .locator('strong')
      .waitFor()
    await expect.poll(() => log.locator('[data-answer]').count()).toBe(0)
    await expect.poll(() => log.getByRole('article').count()).toBe(3)
    await log
      .getByRole('article', { name: /^Ana/ })
      .getByText(/15 tokens/)
      .waitFor()
    // The newest message is reached by Tab, those above it by the arrow, what can be done with one by Tab again.
    await log.locator('article[tabindex="0"]').focus()
    await page.keyboard.press('ArrowUp')
    await log.getByRole('article', { name: /^Ana/ }).and(page.locator(':focus')).waitFor()
    await page.getByRole('toolbar').waitFor()
    await end()
  })

  test('Esc stops, and what was shown is kept; another answer is another version', async () => {
    const { id } = await room('Stopped')
    const { page, log, end } = await open(`/conversations/${id}`)
    await send(page, 'please hang')
    await log.locator('[data-answer=writing]').getByText('as far as').waitFor()
    await page.keyboard.press('Escape')
    await log.getByText('stopped', { exact: true }).waitFor()
    await log.getByText('as far as').waitFor()
    await send(page, 'now answer')
    await log.getByRole('article').last().locator('strong').waitFor()
    const first = await log.getByRole('article').last().locator('strong').textContent()
    await log.getByRole('article').last().hover()
    await page.getByRole('toolbar').getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Another answer' }).click()
    await log.getByRole('img', { name: 'Version 2 of 2' }).waitFor()
    expect(await log.getByRole('article').last().locator('strong').textContent()).not.toBe(first)
    await log.getByRole('button', { name: 'The version before' }).click()
    await log
      .getByRole('article')
      .last()
      .locator('strong')
      .getByText(first ?? '')
      .waitFor()
    await page.getByText('You look at an earlier version').waitFor()
    await page.getByRole('button', { name: 'Back to the newest' }).click()
    await log.getByRole('img', { name: 'Version 2 of 2' }).waitFor()
    await end()
  })

  test('the up arrow changes the last message, and asks again with it', async () => {
    const { id } = await room('Edited')
    const { page, log, field, end } = await open(`/conversations/${id}`)
    await send(page, 'first words')
    await log.getByRole('article', { name: /^Ana/ }).locator('strong').waitFor()
    await field.focus()
    await page.keyboard.press('ArrowUp')
    await page.getByRole('textbox', { name: 'Change the message' }).fill('other words')
    await page.keyboard.press('Enter')
    await log.getByText('other words').waitFor()
    await log.getByRole('article', { name: /^Ana/ }).locator('strong').waitFor()
    await expect.poll(() => log.getByText('first words').count()).toBe(0)
    await log.getByRole('button', { name: 'The version before' }).click()
    await log.getByText('first words').waitFor()
    await expect.poll(() => log.getByText('other words').count()).toBe(0)
    await end()
  })

  test('a failure is said, with a way to try again', async () => {
    const { id } = await room('Failing')
    const { page, log, end } = await open(`/conversations/${id}`)
    await send(page, 'fail')
    await log.getByText('failed', { exact: true }).waitFor()
    const before = answers
    await log.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => answers).toBeGreaterThan(before)
    await log.getByRole('img', { name: 'Version 2 of 2' }).waitFor()
    await end()
  })

  test('what waits for a person says so, and leads to its run', async () => {
    const input = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] }
    const endpoints = [{ path: '/send', description: 'Sends a mail with this text', approval: 'always', input }]
    const runtime = { type: 'http', base_url: 'http://127.0.0.1:9' }
    await api(server.url, 'POST', '/plugins', {
      id: 'mail',
      name: 'Mail',
      version: '1.0.0',
      runtime,
      permissions: { network: ['127.0.0.1:9'] },
      endpoints,
    })
    const definition = { name: 'Mailer', system_prompt: 'x', provider: 'double', model: 'double', tools: ['mail__send'] }
    const { id } = await room('Mails', [await api<Agent>(server.url, 'POST', '/agents', definition)])
    const { page, log, end } = await open(`/conversations/${id}`)
    await send(page, 'mail it')
    const waiting = log.locator('[data-answer=approval]')
    await waiting.getByText('Waits for an approval').waitFor()
    await waiting.getByRole('link', { name: 'Trace' }).waitFor()
    await page.keyboard.press('Escape')
    await waiting.waitFor({ state: 'detached' })
    await end()
  })

  test('threads, reactions, pins and files', async () => {
    const { id } = await room('Many things', [ana, bruno])
    await say(id, '@bruno hold the door')
    await expect.poll(() => held.length).toBe(1)
    const { page, log, field, end } = await open(`/conversations/${id}`)
    // Whoever comes later sees who is at work.
    await log.locator('[data-answer]').getByText('Bruno').waitFor()
    letAll()
    const message = log.getByRole('article', { name: /^Bruno/ })
    await message.hover()
    await page.getByRole('button', { name: 'React', exact: true }).click()
    await page.getByRole('menuitem').first().click()
    await message.getByRole('button', { name: 'React with 👍', pressed: true }).waitFor()
    await page.getByRole('toolbar').getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Pin' }).click()
    await message.getByText('Pinned').waitFor()
    await page.getByRole('button', { name: 'Reply in a thread' }).click()
    const thread = page.getByRole('complementary', { name: 'Thread' })
    await thread.getByRole('textbox', { name: 'Reply in a thread' }).fill('@ana here')
    await page.keyboard.press('Enter')
    await thread.getByRole('article', { name: /^Ana/ }).locator('strong').waitFor()
    await page.keyboard.press('Escape')
    await thread.waitFor({ state: 'detached' })
    await message.getByRole('button', { name: '2 replies' }).waitFor()

    await page.locator('input[type=file]').setInputFiles({ name: 'sales.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2') })
    await page.getByRole('button', { name: 'Remove sales.csv' }).waitFor()
    await expect.poll(() => page.getByRole('button', { name: 'Send' }).isEnabled()).toBe(true)
    await field.focus()
    await page.keyboard.press('Enter')
    const link = log.getByRole('link', { name: /Download sales.csv/ })
    await link.waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    expect(download.suggestedFilename()).toBe('sales.csv')
    await end()
  })

  test('what is unread is counted, and marked where it begins', async () => {
    const { id } = await room('Later')
    await say(id, 'hi')
    const { page, log, end } = await open('/conversations')
    const link = page.getByRole('navigation', { name: 'Conversations' }).getByRole('link', { name: /Later/ })
    await link.getByText('1 unread message').waitFor({ state: 'attached' })
    await link.click()
    await log.getByRole('separator', { name: 'New' }).waitFor()
    await expect.poll(async () => (await api<Conversation>(server.url, 'GET', `/conversations/${id}`)).unread).toBe(0)
    await page.goto('/conversations')
    await link.waitFor()
    await expect.poll(() => link.getByText('unread').count()).toBe(0)
    await end()
  })

  test('drafts are kept, and a search leads to its message, far above', async () => {
    const project = await api<Project>(server.url, 'POST', '/projects', { name: 'Project' })
    const { id } = await api<Conversation>(server.url, 'POST', '/conversations', { kind: 'channel', title: 'searched', project_id: project.id })
    await say(id, 'the word is chrysanthemum')
    for (let n = 0; n < 70; n++) await say(id, `filler ${n}`)
    const { page, log, field, end } = await open(`/conversations/${id}`)
    await log.getByText('filler 69').waitFor()
    await field.fill('half a thought')
    await page.goto('/conversations')
    await page.getByText('half a thought').waitFor()
    await page.getByRole('searchbox', { name: 'Search in all messages' }).fill('chrysanth')
    await page.getByRole('region', { name: 'Messages' }).getByRole('link').click()
    await log.getByText('the word is chrysanthemum').waitFor()
    expect(await field.inputValue()).toBe('half a thought')
    await end()
  })

  test('Enter belongs to the input method while it composes', async () => {
    const { id } = await room('Composed')
    const { page, log, field, end } = await open(`/conversations/${id}`)
    await field.fill('にほん')
    await field.dispatchEvent('keydown', { key: 'Enter', isComposing: true })
    await field.dispatchEvent('keydown', { key: 'Enter', keyCode: 229 })
    expect(await field.inputValue()).toBe('にほん')
    await page.keyboard.press('Enter')
    await log.getByRole('article').getByText('にほん').waitFor()
    await end()
  })
})
