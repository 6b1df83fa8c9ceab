import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findChromium } from '../../scripts/lib/chromium.ts'

const program = findChromium()

/** Why there can be no browser tests here, or false: for `describe.skipIf`. In CI they must not be skipped. */
export const noBrowser: string | false =
  program !== undefined ? false : 'There is no Chromium on this machine (apt-get install chromium, or set CHROMIUM_PATH): browser tests are skipped.'
if (noBrowser) {
  if (process.env.CI) throw new Error(noBrowser)
  console.warn(noBrowser)
}

/** A browser that reaches this machine and no other. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  })
}

export type WatchedPage = {
  page: Page
  /** What went wrong on the page so far: exceptions, errors on the console, refusals of the content security policy, requests elsewhere. */
  complaints: string[]
  close(): Promise<void>
}

export async function openPage(browser: Browser, origin: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ baseURL: origin, reducedMotion: 'reduce', ...options })
  // Less than a test has: what is waited for in vain is named.
  context.setDefaultTimeout(25_000)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`exception: ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`)
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (/^(https?|wss?):$/.test(url.protocol) && url.origin !== origin) complaints.push(`request to ${url.origin}`)
  })
  // Chromium tells the console of most refusals, but not of all.
  await context.exposeFunction('tellOfRefusal', (text: string) => void complaints.push(`policy: ${text}`))
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      void (globalThis as unknown as { tellOfRefusal(text: string): void }).tellOfRefusal(`${violatedDirective} ${blockedURI} ${sample}`)
    })
  })
  return { page, complaints, close: () => context.close() }
}

/** Tab, as often as it takes: what cannot be reached so cannot be reached by keys. */
export async function tabTo(page: Page, role: 'button' | 'textbox' | 'checkbox' | 'link' | 'listbox', name: string | RegExp) {
  const wanted = page.getByRole(role, { name, exact: typeof name === 'string' }).first()
  for (let i = 0; i < 80; i++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`80 tabs do not lead to the ${role} ${name}`)
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type AxeResults = { violations: { id: string; impact: string | null; help: string; nodes: { target: string[]; failureSummary: string }[] }[] }

/** What axe finds serious or critical, a line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({ resultTypes: ['violations'] }),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')} (${failureSummary.replace(/\s+/g, ' ')})`),
    )
}
