import { type Role, roles } from '@cadre/core/access/actor'
import { type EndpointName, policies, type Policy } from '@cadre/core/access/policies'
import { startModelDouble } from '@cadre/core/test/model-double'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { acting, furnish, type Things } from '../../server/src/test/furnish.ts'
import { type Caller, withOwner } from '../../server/src/test/real-cadre.ts'
import { noBrowser, openBrowser, openPage } from './open-browser.ts'

// Pages offer what the server lets somebody do, and nothing else: each role looks at each page in a real browser, and presses nothing.

type Kind = 'button' | 'link' | 'menuitem' | 'textbox' | 'option'
/** What is offered, and the call that it leads to. */
type Offer = [kind: Kind, name: string | RegExp, call: EndpointName]
type Place = { path: string; ready: (page: Page) => Promise<unknown>; least?: Role; offers: Offer[] }

const heading = (name: string | RegExp) => (page: Page) => page.getByRole('heading', { name }).first().waitFor()
const text = (words: string | RegExp) => (page: Page) => page.getByText(words).first().waitFor()
const menu = (name: string | RegExp, item: string) => async (page: Page) => {
  await page.getByRole('button', { name }).first().click()
  await page.getByRole('menuitem', { name: item }).waitFor()
}
async function palette(page: Page) {
  await heading('Agents')(page)
  await page.keyboard.press('Control+k')
  await page.getByRole('option', { name: /^ours/ }).first().waitFor()
}

const places: Place[] = [
  { path: '/', ready: heading('Your agents'), offers: [['button', 'Run', 'runs.start']] },
  {
    path: '/agents',
    ready: text('ours agent'),
    offers: [
      ['link', 'New agent', 'agents.create'],
      ['link', 'Usage', 'usage.get'],
      ['link', 'Monitoring', 'metrics.series'],
    ],
  },
  {
    path: '/agents',
    ready: palette,
    offers: [
      ['option', 'New agent', 'agents.create'],
      ['option', 'Add a tool', 'plugins.add'],
      ['option', /^Run ours agent/, 'runs.start'],
    ],
  },
  {
    path: '/agents',
    ready: menu('Actions for ours agent', 'Versions'),
    offers: [
      ['menuitem', 'Edit', 'agents.update'],
      ['menuitem', 'Duplicate', 'agents.create'],
      ['menuitem', 'Delete', 'agents.delete'],
    ],
  },
  {
    path: '/agents/SLUG',
    ready: heading('Details'),
    offers: [
      ['link', 'Edit', 'agents.update'],
      ['button', 'Run', 'runs.start'],
    ],
  },
  { path: '/agents/new', ready: text(/^(New agent|Your role here lets)/), offers: [['button', 'Create agent', 'agents.create']] },
  { path: '/agents/SLUG/edit', ready: text(/^(Edit ours agent|Your role here lets)/), offers: [['button', 'Done', 'agents.update']] },
  { path: '/agents/SLUG/versions?version=1', ready: heading('Version 1'), offers: [['button', 'Bring this version back', 'agents.rollBack']] },
  { path: '/runs', ready: menu('More', 'Export as NDJSON'), least: 'member', offers: [['menuitem', 'Cancel all that fit', 'runs.cancelMany']] },
  { path: '/runs/RUN', ready: heading('Answer'), least: 'member', offers: [['button', 'Run again', 'runs.retry']] },
  {
    path: '/runs/RUN',
    ready: menu('More to do with this run', 'Replay from the journal'),
    least: 'member',
    offers: [
      ['menuitem', 'Change the task and run', 'runs.start'],
      ['menuitem', 'Fork this run', 'runs.fork'],
    ],
  },
  { path: '/approvals', ready: heading(/ours-hook__act/), least: 'builder', offers: [['button', /^Approve/, 'approvals.decide']] },
  { path: '/approvals?view=rules', ready: text('ours-hook__act'), offers: [['button', /^Forget/, 'approvalRules.remove']] },
  { path: '/tools', ready: heading('ours'), offers: [['button', 'Add a tool', 'plugins.add']] },
  {
    path: '/tools/PLUGIN',
    ready: heading('see'),
    offers: [
      ['button', 'Remove', 'plugins.remove'],
      ['button', 'Call it', 'plugins.invoke'],
      ['button', 'Check only', 'plugins.invoke'],
    ],
  },
  {
    path: '/models',
    ready: text('ours-short'),
    offers: [
      ['button', 'Look on this computer', 'providers.detect'],
      ['button', 'Add a provider', 'providers.add'],
      ['button', 'Test', 'providers.test'],
      ['button', 'Remove ours-models', 'providers.remove'],
      ['button', 'Remove ours-short', 'providers.removeAlias'],
      ['button', 'Add a short name', 'providers.setAlias'],
    ],
  },
  {
    path: '/usage',
    ready: (page) =>
      page
        .getByText(/^(Tokens and cost|These figures are for)/)
        .first()
        .waitFor(),
    offers: [
      ['button', 'Set a budget', 'budgets.create'],
      ['button', 'Edit', 'budgets.update'],
      ['button', 'Remove', 'budgets.delete'],
    ],
  },
  {
    path: '/conversations',
    ready: heading('ours project'),
    offers: [
      ['button', 'New conversation', 'conversations.create'],
      ['button', 'Import conversations', 'conversations.import'],
    ],
  },
  {
    path: '/conversations/ROOM',
    ready: text('ours words'),
    offers: [
      ['textbox', /^Message ours room/, 'messages.send'],
      ['button', 'Join', 'conversations.addParticipant'],
    ],
  },
  {
    path: '/conversations/ROOM',
    ready: async (page) => {
      await page.getByRole('article').first().focus()
      await page.getByRole('button', { name: 'Reply in a thread' }).waitFor()
    },
    offers: [['button', 'React', 'messages.react']],
  },
  {
    path: '/settings/account',
    ready: heading('Your account'),
    offers: [
      ['link', 'People', 'users.list'],
      ['link', 'Grants', 'grants.list'],
      ['link', 'Audit log', 'audit.list'],
      ['link', 'Databases', 'connections.list'],
      ['link', 'API keys', 'keys.list'],
    ],
  },
]

/** As a link does it: loading all of it anew for each place would take most of the time. */
async function go(page: Page, path: string) {
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  const before = new URL(page.url())
  const after = new URL(path, before)
  if (before.href === after.href) return
  await page.evaluate((path) => {
    document.querySelector('#content > *')?.setAttribute('data-before', '')
    history.pushState(null, '', path)
    dispatchEvent(new PopStateEvent('popstate'))
  }, path)
  // Rooms are shown by the page that lists them, and views of a page by itself.
  if (!after.pathname.startsWith(before.pathname) || before.pathname === '/')
    await page.locator('#content > [data-before]').waitFor({ state: 'detached' })
}

describe.skipIf(noBrowser)('what pages offer', () => {
  let browser: Browser
  let server: Awaited<ReturnType<typeof withOwner>>
  let model: Awaited<ReturnType<typeof startModelDouble>>
  let things: Things
  beforeAll(async () => {
    ;[browser, server, model] = await Promise.all([openBrowser(), withOwner('SQLite'), startModelDouble(acting)])
    things = await furnish(server.boss, { id: server.bossId, workspace: 'default' }, 'ours', model.url)
    await server.boss('PUT', `agents/${things.agent}`, { description: 'Changed.' })
  })
  afterAll(async () => {
    await browser?.close()
    await Promise.all([server?.stop(), model?.close()])
  })

  async function enter({ cookie }: { cookie: string }) {
    const [name = '', value = ''] = cookie.split('=')
    const cookies = [{ name, value, domain: '127.0.0.1', path: '/', expires: -1, httpOnly: true, secure: false, sameSite: 'Strict' as const }]
    const watched = await openPage(browser, server.cadre.url, { viewport: { width: 1280, height: 2_000 }, storageState: { cookies, origins: [] } })
    const refused: string[] = []
    watched.page.on('response', (response) => {
      const { pathname } = new URL(response.url())
      // What others wrote came of runs of others, which not everybody may see.
      if (response.status() >= 400 && pathname !== '/rpc/runs/get') refused.push(`${response.status()} ${pathname}`)
    })
    return { ...watched, refused }
  }
  /** A run of one's own, where the role lets one have any: others see none. */
  async function ownRun(call: Caller): Promise<string> {
    const { data } = await call('POST', `agents/${things.agent}/run`, { input: 'Say it.' })
    return data?.run_id ?? ''
  }

  test.each(['viewer', 'member', 'builder'] as const)('to a %s is what the server lets them do', { timeout: 90_000 }, async (role) => {
    const person = await server.as(role)
    const run = await ownRun(person.call)
    const { page, refused, complaints, close } = await enter(person)
    const may = (call: EndpointName) => roles.indexOf(role) <= roles.indexOf((policies[call] as Policy).least)
    const wrong: string[] = []
    await page.goto('/nowhere')
    await text('There is no such page')(page)
    for (const { path, ready, least = 'viewer', offers } of places) {
      if (roles.indexOf(role) > roles.indexOf(least)) continue
      await go(page, path.replace('SLUG', things.slug).replace('RUN', run).replace('PLUGIN', things.plugin).replace('ROOM', things.conversation))
      await ready(page)
      for (const [kind, name, call] of offers) {
        const offer = page.getByRole(kind, { name, exact: typeof name === 'string' }).first()
        if (may(call)) await offer.waitFor().catch(() => wrong.push(`${path}: no ${kind} '${name}'`))
        else if (await offer.isVisible()) wrong.push(`${path}: the ${kind} '${name}'`)
      }
    }
    expect(wrong).toEqual([])
    expect(refused).toEqual([])
    // The browser itself tells its console of every answer that is an error.
    expect(complaints.filter((each) => !each.includes('status of 404'))).toEqual([])
    await close()
  })
  test('what is unread is counted as it comes, beyond the 50 conversations that were active last', { timeout: 90_000 }, async () => {
    const reader = await server.as('member', 'reader')
    const rooms: string[] = []
    for (let i = 0; i < 52; i++) {
      const { data } = await server.boss('POST', 'conversations', { kind: 'group', title: `g${i}`, participants: [{ kind: 'user', id: reader.id }] })
      rooms.push(data.id)
    }
    const say = (room: string | undefined) => server.boss('POST', `conversations/${room}/messages`, { content: 'News' })
    for (const room of rooms) await say(room)
    const { page, complaints, close } = await enter(reader)
    const badge = (count: number) =>
      page.getByRole('link', { name: 'Conversations' }).getByTitle(`${count} unread messages`, { exact: true }).waitFor()
    const followed = page.waitForResponse((response) => response.url().endsWith('/rpc/events/follow'))
    await page.goto('/agents')
    await badge(52)
    await followed
    // Once it follows, it counts anew only for what it is told, or half a minute later.
    await say(rooms[0])
    await badge(53)
    await reader.call('PUT', `conversations/${rooms[0]}/read`, { seq: 2 })
    await badge(51)
    expect(complaints).toEqual([])
    await close()
  })
})
