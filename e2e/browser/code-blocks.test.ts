import type { Conversation, Project } from '@cadre/contract/conversations'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { noBrowser, openBrowser, openPage, seriousFindings } from './open-browser.ts'

// Code that somebody wrote, in colours, in a real browser: what it says stays what it was, and what is made to be slow holds nothing up.

const code: Record<string, string> = {
  bash: 'if [ -f "$a" ]; then echo yes # really\nfi',
  css: '.a:hover { color: #fff; /* white */ }',
  diff: '--- a\n+++ b\n- old\n+ new',
  go: 'func main() { fmt.Println("a", 1) }',
  html: '<p class="a">x</p><script>alert(1)</script>',
  js: 'const a = `b ${c + 1}` // d',
  json: '{"a": [1, true, null, "b"]}',
  md: '# Title\n\n*so* **be** it',
  python: 'def f(x: int) -> str:\n    return "é" # ok',
  rust: 'fn main() { let x: u8 = 1; }',
  sql: "select count(*) from t where b = 'c' -- d",
  ts: 'export class A<T> { private a: number = 1 }',
  yaml: 'a: 1 # b\nc: [d, "e"]',
}
const fenced = ([language, text]: [string, string]) => `\`\`\`${language}\n${text}\n\`\`\``

describe.skipIf(noBrowser)('blocks of code', () => {
  const folder = temporaryFolder('code')
  let server: ServerProcess
  let browser: Browser
  let project: Project

  beforeAll(async () => {
    ;[server, browser] = await Promise.all([startCadre(folder.path), openBrowser()])
    project = await api<Project>(server.url, 'POST', '/projects', { name: 'Code' })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    folder.remove()
  })

  async function room(...texts: string[]) {
    const { id } = await api<Conversation>(server.url, 'POST', '/conversations', { kind: 'channel', title: 'Code', project_id: project.id })
    for (const content of texts) await api(server.url, 'POST', `/conversations/${id}/messages`, { content })
    return `/conversations/${id}`
  }
  const block = (page: Page, name: string) =>
    page
      .getByRole('log')
      .getByRole('figure')
      .filter({ has: page.getByText(name, { exact: true }) })

  test.each(['light', 'dark'] as const)('show their language and their colours, in %s as in the other', async (colorScheme) => {
    const place = await room(Object.entries(code).map(fenced).join('\n\n'), fenced(['cobol', 'DISPLAY "A".']), '    plain\n    code')
    const { page, complaints, close } = await openPage(browser, server.url, {
      colorScheme,
      viewport: { width: 1280, height: 3_000 },
      permissions: ['clipboard-read', 'clipboard-write'],
    })
    await page.goto(place)
    const figures = page.getByRole('log').getByRole('figure')
    // All but the two that have no grammar.
    await expect.poll(() => figures.filter({ has: page.locator('code > span') }).count(), { timeout: 20_000 }).toBe(Object.keys(code).length)
    expect(await figures.locator('code').allTextContents()).toEqual([...Object.values(code), 'DISPLAY "A".', 'plain\ncode'])
    expect(await figures.locator('figcaption').allInnerTexts()).toEqual([
      'Bash',
      'CSS',
      'Diff',
      'Go',
      'HTML',
      'JavaScript',
      'JSON',
      'Markdown',
      'Python',
      'Rust',
      'SQL',
      'TypeScript',
      'YAML',
      'cobol',
      'Code',
    ])
    const found = await figures
      .locator('code *')
      .evaluateAll(
        (all) => all.filter(({ tagName, attributes }) => tagName !== 'SPAN' || [...attributes].some(({ name }) => name !== 'class')).length,
      )
    expect(found).toBe(0)
    await block(page, 'HTML').getByRole('button', { name: 'Copy' }).click()
    await block(page, 'HTML').getByRole('button', { name: 'Copied' }).waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code.html)
    expect(await seriousFindings(page)).toEqual([])
    expect(complaints).toEqual([])
    await close()
  })

  test('that would take a grammar minutes are shown without colours, and the next with them', { timeout: 90_000 }, async () => {
    const place = await room(fenced(['md', '[a]('.repeat(2_100)]), fenced(['js', '(a, '.repeat(2_100)]), fenced(['ts', code.ts ?? '']))
    const { page, complaints, close } = await openPage(browser, server.url, { locale: 'pt-BR' })
    await page.goto(place)
    await block(page, 'TypeScript').locator('code > span').first().waitFor()
    expect(await block(page, 'TypeScript').locator('code').textContent()).toBe(code.ts)
    expect(await block(page, 'Markdown').locator('code').textContent()).toBe('[a]('.repeat(2_100))
    expect(await block(page, 'Markdown').locator('code > span').count()).toBe(0)
    await block(page, 'TypeScript').getByRole('button', { name: 'Copiar' }).waitFor()
    expect(await seriousFindings(page)).toEqual([])
    expect(complaints).toEqual([])
    await close()
  })
})
