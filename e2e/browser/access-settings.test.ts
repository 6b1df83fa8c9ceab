import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { owner, withOwner } from '../../server/src/test/real-cadre.ts'
import { noBrowser, openBrowser, openPage } from './open-browser.ts'

// What an owner does about people, keys, the audit log and the rest, in a real browser against the real server.

/** The browser itself tells its console of every answer that is an error. */
const unexpected = (complaints: string[]) => complaints.filter((text) => !/the server responded with a status of (401|409|422)/.test(text))
const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()

describe.skipIf(noBrowser)('settings', () => {
  let browser: Browser
  let server: Awaited<ReturnType<typeof withOwner>>
  beforeAll(async () => {
    ;[browser, server] = await Promise.all([openBrowser(), withOwner('SQLite')])
    await server.boss('POST', 'agents', { name: 'Helper', system_prompt: 'You help.' })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
  })

  async function open(path: string) {
    const [name = '', value = ''] = server.bossCookie.split('=')
    const cookies = [{ name, value, domain: '127.0.0.1', path: '/', expires: -1, httpOnly: true, secure: false, sameSite: 'Strict' as const }]
    const watched = await openPage(browser, server.cadre.url, {
      permissions: ['clipboard-read', 'clipboard-write'],
      storageState: { cookies, origins: [] },
    })
    await watched.page.goto(path)
    await heading(watched.page, 'Settings')
    const end = async () => {
      expect(unexpected(watched.complaints)).toEqual([])
      await watched.close()
    }
    return { ...watched, end }
  }
  const confirm = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click()

  test('people are added, given a role, disabled, enabled, and deleted after a question', async () => {
    const { page, end } = await open('/settings/people')
    await page.getByRole('button', { name: 'Add a person' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Ben')
    await page.getByRole('textbox', { name: 'E-mail address' }).fill(owner.email)
    await page.getByLabel('Password', { exact: true }).fill('a good password')
    await confirm(page, 'Add a person')
    await page
      .getByRole('alert')
      .getByText(/Request req_/)
      .waitFor()
    await page.getByRole('textbox', { name: 'E-mail address' }).fill('ben@example.org')
    await confirm(page, 'Add a person')
    await page.getByText('Ben can log in.').waitFor()
    await page.getByRole('combobox', { name: 'Role of Ben' }).selectOption('builder')
    await page.getByText('Ben: Builder.').waitFor()
    const act = async (name: string) => {
      await page.getByRole('button', { name: 'Actions for Ben' }).click()
      await page.getByRole('menuitem', { name }).click()
    }
    await act('Link for a new password…')
    await confirm(page, 'Make the link')
    const link = await page.getByRole('dialog').getByText('/reset#', { exact: false }).innerText()
    const other = await openPage(browser, server.cadre.url)
    await other.page.goto(link)
    await other.page.getByLabel('Password', { exact: true }).fill('a new password')
    await other.page.getByLabel('The password again').fill('another one')
    await other.page.getByRole('button', { name: 'Set a new password' }).click()
    await other.page.getByText('The two are not the same.').waitFor()
    await other.page.getByLabel('The password again').fill('a new password')
    await other.page.getByRole('button', { name: 'Set a new password' }).click()
    await other.page.getByText('Your password is set.', { exact: false }).waitFor()
    await other.page.goto(link)
    await other.page.reload()
    await other.page.getByLabel('Password', { exact: true }).fill('a third password')
    await other.page.getByLabel('The password again').fill('a third password')
    await other.page.getByRole('button', { name: 'Set a new password' }).click()
    await other.page.getByText('This link is not good', { exact: false }).waitFor()
    await other.close()
    await page.getByRole('button', { name: 'I have copied it' }).click()
    const ben = await server.login('ben@example.org', 'a new password')
    expect((await ben.call('GET', 'me')).data.role).toBe('builder')
    await act('Disable…')
    await page.getByRole('dialog').getByText('stop at once', { exact: false }).waitFor()
    await confirm(page, 'Disable')
    await page.getByText('disabled', { exact: true }).waitFor()
    expect((await ben.call('GET', 'me')).status).toBe(401)
    await act('Enable')
    await page.getByText('disabled', { exact: true }).waitFor({ state: 'detached' })
    await act('Erase for good…')
    await page.getByRole('dialog').getByRole('button', { name: 'Erase for good' }).and(page.locator(':disabled')).waitFor()
    await page.keyboard.press('Escape')
    await act('Delete…')
    await confirm(page, 'Delete')
    await page.getByText('Ben is deleted.').waitFor()
    expect((await server.boss('GET', 'users')).data.map(({ name }: { name: string }) => name)).toEqual(['Olga'])
    await end()
  })

  test('a key is made for one agent with few scopes, shown once, and revoked', async () => {
    const { page, end } = await open('/settings/keys')
    await page.getByRole('button', { name: 'Make an API key' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('CI')
    await page.getByRole('radio', { name: 'Only these', exact: true }).check()
    await page.getByRole('checkbox', { name: 'runs:read' }).check()
    await page.getByRole('checkbox', { name: 'agents:read' }).check()
    await page.getByRole('radio', { name: 'Only these, and nothing else' }).check()
    await page.getByRole('checkbox', { name: 'Helper' }).check()
    await confirm(page, 'Make an API key')
    await page.getByRole('dialog', { name: 'The key CI' }).waitFor()
    await page.getByRole('button', { name: 'Copy' }).click()
    const key = await page.evaluate(() => navigator.clipboard.readText())
    await page.getByRole('button', { name: 'I have copied it' }).click()
    const byKey = server.at({ 'x-api-key': key })
    expect((await byKey('GET', 'me')).data).toMatchObject({ scopes: ['agents:read', 'runs:read'], role: 'owner' })
    expect((await byKey('GET', 'agents')).data).toHaveLength(1)
    expect(await page.content()).not.toContain(key)
    await page.getByRole('button', { name: 'Revoke CI' }).click()
    await confirm(page, 'Revoke')
    await page.getByText('CI is revoked.').waitFor()
    expect((await byKey('GET', 'me')).status).toBe(401)
    await page.getByText('No API keys').waitFor()
    await end()
  })

  test('the audit log is filtered by its address, verified in words and saved as a file', async () => {
    const { page, end } = await open('/settings/audit')
    await page.getByRole('searchbox', { name: 'What', exact: true }).fill('agents')
    await page.waitForURL(/\?action=agents$/)
    await page.getByText('agents.create', { exact: true }).click()
    await page.getByText('"request_id"', { exact: false }).first().waitFor()
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.getByText('None was changed, removed or put in.', { exact: false }).waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download as a file' }).click()])
    expect(download.suggestedFilename()).toBe('cadre-audit.ndjson')
    const stream = await download.createReadStream()
    const text = (await stream.toArray()).join('')
    expect(
      text
        .trim()
        .split('\n')
        .map((row) => JSON.parse(row).action),
    ).toEqual(['agents.create'])
    await end()
  })

  test('sessions, workspaces, grants, databases and signing keys', async () => {
    await server.as('viewer', 'vera')
    const { page, end } = await open('/settings/account')
    await page.getByText('this one').waitFor()
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByLabel('Present password').fill('wrong')
    await page.getByLabel('New password').fill('another good password')
    await confirm(page, 'Set a password')
    await page.getByText('is not right', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    const section = (name: string) => page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name, exact: true }).click()

    await section('Workspaces')
    await page.getByRole('button', { name: 'Add a workspace' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Lab')
    await confirm(page, 'Save')
    await page.getByRole('button', { name: 'Members Lab' }).click()
    await page.getByRole('combobox', { name: 'Bring somebody in' }).selectOption({ label: 'vera (vera@example.org)' })
    await page.getByRole('button', { name: 'Bring in' }).click()
    await page.getByText('vera: Member.').waitFor()

    await section('Grants')
    await page.getByRole('button', { name: 'Grant something' }).click()
    await page.getByRole('combobox', { name: 'Person' }).selectOption({ label: 'vera (vera@example.org)' })
    await page.getByRole('combobox', { name: 'Agent' }).selectOption('Helper')
    await confirm(page, 'Grant')
    await page.getByText('Granted.').waitFor()
    await page.getByRole('button', { name: 'Take back' }).click()
    await confirm(page, 'Remove')
    await page.getByText('No grants').waitFor()

    await section('Databases')
    await page.getByRole('button', { name: 'Add a database' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('shop')
    await page.getByLabel('Address').fill('postgres://reader:secret@127.0.0.1:9/shop')
    await confirm(page, 'Add a database')
    await page.getByText('reader@127.0.0.1:9/shop').waitFor()
    await page.getByRole('button', { name: 'Test shop' }).click()
    await page
      .getByText(/refused|connect|answer/i)
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Remove shop' }).click()
    await confirm(page, 'Remove')
    await page.getByText('No databases').waitFor()

    await section('Server')
    await page.getByRole('button', { name: 'Rotate' }).click()
    await confirm(page, 'Rotate')
    await page.getByText('signs', { exact: true }).waitFor()
    await end()
  })
})
