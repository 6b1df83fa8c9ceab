import { greeting } from '@cadre/server/cadre'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { owner, realCadre, withOwner } from '../../server/src/test/real-cadre.ts'
import { noBrowser, openBrowser, openPage, seriousFindings } from './open-browser.ts'

// Who comes in, in a real browser against the real server.

/** The browser itself tells its console of every answer that is an error. */
const unexpected = (complaints: string[]) => complaints.filter((text) => !/the server responded with a status of (401|422|429)/.test(text))
const heading = (page: Page, name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()

async function logIn(page: Page, email: string, password: string) {
  await page.getByRole('textbox', { name: 'E-mail address' }).fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Log in' }).click()
}

describe.skipIf(noBrowser)('coming in', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser?.close())

  test('the first owner is made with the printed token, logs out, and is led back to where a login was wanted', async () => {
    const server = await realCadre('SQLite', { CADRE_AUTH: 'required' })
    const token = /"token":"([\w-]{32})"/.exec(await greeting(server.cadre))?.[1] ?? ''
    const { page, complaints, close } = await openPage(browser, server.cadre.url)
    await page.goto('/runs?status=failed')
    await heading(page, 'Make the first owner')
    expect(await seriousFindings(page)).toEqual([])
    await page.getByRole('textbox', { name: 'Token' }).fill('wrong')
    await page.getByRole('textbox', { name: 'Name' }).fill(owner.name)
    await page.getByRole('textbox', { name: 'E-mail address' }).fill(owner.email)
    await page.getByLabel('Password').fill('short')
    const make = page.getByRole('button', { name: 'Make the owner and log in' })
    await make.click()
    await page.getByText('must have at least 10 characters', { exact: true }).waitFor()
    await page.getByLabel('Password').fill(owner.password)
    await make.click()
    await page.getByText('This is not a token that the server printed', { exact: false }).waitFor()
    await page.getByRole('textbox', { name: 'Token' }).fill(token)
    await make.click()
    await heading(page, 'Runs')
    expect(new URL(page.url()).search).toBe('?status=failed')

    await page.getByRole('button', { name: /^Your account Olga/ }).click()
    await page.getByRole('menuitem', { name: 'Log out' }).click()
    await heading(page, 'Log in')
    await page.goto('/tools?q=dates')
    await heading(page, 'Log in')
    await logIn(page, owner.email, 'not her password')
    await page.getByRole('alert').getByText('The e-mail address or the password is not right.').waitFor()
    await logIn(page, owner.email, owner.password)
    await heading(page, 'Tools')
    expect(new URL(page.url()).search).toBe('?q=dates')
    expect(unexpected(complaints)).toEqual([])
    await close()
    await server.stop()
  })

  test('a session that ends while one works leads to the login and back; too many wrong passwords are told with their time', async () => {
    const server = await withOwner('SQLite')
    const { page, complaints, close } = await openPage(browser, server.cadre.url)
    await page.goto('/agents?view=table')
    await logIn(page, owner.email, owner.password)
    await heading(page, 'Agents')
    const sessions = await server.boss('GET', 'sessions')
    for (const { id, current } of sessions.data) if (!current) await server.boss('DELETE', `sessions/${id}`)
    await heading(page, 'Log in')
    for (let i = 0; i < 12 && !(await page.getByText('Too many wrong passwords.', { exact: false }).isVisible()); i++) {
      await logIn(page, 'nobody@example.org', `wrong ${i}`)
      await page.getByRole('alert').waitFor()
    }
    await page.getByText(/Too many wrong passwords\. Try again in \d+.*s\./).waitFor()
    expect(await page.getByRole('button', { name: 'Log in' }).isDisabled()).toBe(true)
    await logIn(page, owner.email, owner.password)
    await heading(page, 'Agents')
    expect(new URL(page.url()).search).toBe('?view=table')
    expect(unexpected(complaints)).toEqual([])
    await close()
    await server.stop()
  })

  test('in Portuguese: with a login elsewhere there is a button that begins it, and a workspace is gone to by the menu', async () => {
    const server = await withOwner('SQLite', {
      CADRE_OIDC_ISSUER: 'http://127.0.0.1:9',
      CADRE_OIDC_CLIENT_ID: 'cadre',
      CADRE_OIDC_CLIENT_SECRET: 'a secret',
      CADRE_PUBLIC_URL: 'http://127.0.0.1:4000',
    })
    await server.boss('POST', 'workspaces', { name: 'Lab' })
    const { page, complaints, close } = await openPage(browser, server.cadre.url, { locale: 'pt-BR' })
    await page.goto('/login?to=//evil.example')
    const outside = page.getByRole('link', { name: 'Entrar com a sua organização' })
    expect(await outside.getAttribute('href')).toBe('/auth/oidc/start')
    await page.getByRole('textbox', { name: 'Endereço de e-mail' }).fill(owner.email)
    await page.getByLabel('Senha').fill(owner.password)
    await page.getByRole('button', { name: 'Entrar', exact: true }).click()
    const account = page.getByRole('button', { name: /^Sua conta Olga/ })
    await account.click()
    await page.getByRole('menuitem', { name: /^Lab/ }).click()
    await account.getByText('Lab').waitFor()
    expect(new URL(page.url()).href).toBe(`${server.cadre.url}/`)
    await account.click()
    await page.getByRole('menuitem', { name: 'Sua conta' }).click()
    await page.getByRole('heading', { name: 'Onde você entrou' }).waitFor()
    expect(unexpected(complaints)).toEqual([])
    await close()
    await server.stop()
  })

  test('on one’s own machine nobody logs in until the first user is added, who is in at once; on a narrow screen too', async () => {
    const server = await realCadre('SQLite')
    const { page, complaints, close } = await openPage(browser, server.cadre.url, { viewport: { width: 390, height: 844 }, hasTouch: true })
    await page.goto('/settings/people')
    await page.getByRole('button', { name: 'Add a person' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill(owner.name)
    await page.getByRole('textbox', { name: 'E-mail address' }).fill(owner.email)
    await page.getByLabel('Password', { exact: true }).fill(owner.password)
    await page.getByRole('dialog').getByRole('button', { name: 'Add a person' }).click()
    await page.getByText('you', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Menu', exact: true }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Your account Olga/ })
      .click()
    await page.getByRole('menuitem', { name: 'Your account' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Log out', exact: true }).click()
    await heading(page, 'Log in')
    expect(unexpected(complaints)).toEqual([])
    await close()
    await server.stop()
  })
})
