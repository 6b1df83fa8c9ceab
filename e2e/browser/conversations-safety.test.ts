import type { Conversation, Project } from '@cadre/contract/conversations'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { noBrowser, openBrowser, openPage } from './open-browser.ts'

// What somebody else wrote is shown in a room, and does nothing there: no script, no request, no dangerous link, no page that hangs.

const away = 'http://203.0.113.9'
const hostile: Record<string, string> = {
  scripts: '<script>document.title="owned"</script><script src="http://203.0.113.9/x.js"></script>',
  handlers: `<img src=x onerror="document.title='owned'"><body onload=alert(1)><details open ontoggle="document.title='owned'">x</details>`,
  svg: `<svg onload="document.title='owned'"><a xlink:href="javascript:document.title='owned'"><text>x</text></a><animate onbegin=alert(1)></svg>`,
  frames: `<iframe src="${away}"></iframe><iframe srcdoc="<script>parent.document.title='owned'</script>"></iframe><object data="${away}"></object><embed src="${away}">`,
  style: `<style>body{display:none}</style><link rel=stylesheet href="${away}/x.css"><div style="position:fixed;inset:0;background:url(${away}/bg)">over all</div>`,
  forms: `<form action="${away}"><input name=password autofocus><button>Log in</button></form><meta http-equiv=refresh content="0;url=${away}"><base href="${away}">`,
  links: [
    '[a](javascript:document.title="owned")',
    '[b](JaVaScRiPt:alert(1))',
    '[c](data:text/html,<script>alert(1)</script>)',
    '[d](vbscript:msgbox(1))',
    '[e](java\nscript:alert(1))',
    '[f](&#106;avascript:alert(1))',
    '[g](\\x01javascript:alert(1))',
    '[h](blob:http://127.0.0.1/x)',
    '[i](file:///etc/passwd)',
    '[j](//203.0.113.9/path)',
    '<javascript:alert(1)>',
    '[k]: javascript:alert(1)',
    '[k] [good](https://example.com/page) https://example.com/auto',
  ].join('\n\n'),
  images: `![a](${away}/leak?q=1) ![b](data:image/svg+xml;base64,PHN2Zz4=) ![c](javascript:alert(1)) [![d](${away}/e.png)](${away}/f) ![ref][r]\n\n[r]: ${away}/g.png`,
  footnotes: 'x[^1]\n\n[^1]: <img src=x onerror=alert(1)> [y](javascript:alert(1))',
  fences:
    '```html\n<script>alert(1)</script>\n```\n\n```mermaid\ngraph TD; A-->B; click A "javascript:alert(1)"\n```\n\n~~~svg\n<svg onload=alert(1)>\n~~~',
  math: '$$\\href{javascript:alert(1)}{x}$$ $\\htmlData{onclick=alert(1)}{y}$',
  unclosed: '<img src="http://203.0.113.9/ <a href="javascript:alert(1) **bold `code ![x](http://203.0.113.9/y',
  clobber: '<a id=content name=body href=#>x</a><img name=cookie><form id=root></form>\n\n# content\n\n<p id="root">y</p>',
  bidi: 'safe \u202Egnp.exe\u202C \u2066x\u2069 \u200B',
}
/** What takes a careless parser long, or too deep. */
const heavy: Record<string, string> = {
  line: 'x'.repeat(190_000),
  words: 'word '.repeat(38_000),
  quotes: `${'>'.repeat(20_000)} deep`,
  brackets: '['.repeat(50_000),
  closed: '['.repeat(5_000) + ']'.repeat(5_000),
  stars: '*a **b '.repeat(15_000),
  lists: Array.from({ length: 400 }, (_, depth) => `${'  '.repeat(depth)}- deep`).join('\n'),
  markers: '- '.repeat(20_000),
  tags: '<div>'.repeat(20_000),
  links: '[a](b'.repeat(20_000),
  table: `|${'a|'.repeat(2_000)}\n|${'-|'.repeat(2_000)}\n|${'b|'.repeat(2_000)}`,
  ticks: Array.from({ length: 500 }, (_, n) => '`'.repeat(n + 1)).join(' '),
  entities: '&#x41;'.repeat(20_000),
}

describe.skipIf(noBrowser)('what others wrote', () => {
  const folder = temporaryFolder('hostile')
  let server: ServerProcess
  let browser: Browser

  beforeAll(async () => {
    server = await startCadre(folder.path)
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.stop()
    folder.remove()
  })

  async function room(texts: Record<string, string>) {
    const project = await api<Project>(server.url, 'POST', '/projects', { name: 'Hostile' })
    const { id } = await api<Conversation>(server.url, 'POST', '/conversations', { kind: 'channel', title: 'Hostile', project_id: project.id })
    for (const [name, content] of Object.entries(texts)) {
      await api(server.url, 'POST', `/conversations/${id}/messages`, { content })
      await api(server.url, 'POST', `/conversations/${id}/messages`, { content: `after ${name}` })
    }
    return id
  }

  test('runs nothing, loads nothing and leads nowhere dangerous', async () => {
    const id = await room(hostile)
    const { page, complaints, close } = await openPage(browser, server.url, { viewport: { width: 1280, height: 9_000 } })
    await page.goto(`/conversations/${id}`)
    const log = page.getByRole('log')
    await log.getByText('after bidi').waitFor()
    await log.getByRole('link', { name: 'good' }).waitFor()
    const found = await log.evaluate((element) => ({
      elements: [
        ...element.querySelectorAll(
          'script, iframe, object, embed, style, link, form, meta, base, img, svg:not([class*=lucide]), input, video, audio',
        ),
      ].map(({ outerHTML }) => outerHTML),
      handlers: [...element.querySelectorAll('*')].filter(({ attributes }) => [...attributes].some(({ name }) => name.startsWith('on'))).length,
      ids: [...element.querySelectorAll('[data-message] [id], [data-message] [name]')]
        .map(({ id }) => id)
        .filter((id) => ['content', 'root', 'body'].includes(id)),
      hrefs: [...element.querySelectorAll('[data-message] a')].map((link) => link.getAttribute('href') ?? ''),
    }))
    expect(found).toMatchObject({ elements: [], handlers: 0, ids: [] })
    expect(found.hrefs.filter((href) => !/^(https?:\/\/|mailto:)/.test(href))).toEqual([])
    expect(found.hrefs).toContain('https://example.com/page')
    expect(await page.title()).toBe('Hostile · Cadre')
    expect(await page.evaluate(() => document.getElementById('root')?.contains(document.getElementById('content')))).toBe(true)
    expect(complaints).toEqual([])
    await close()
  })

  test('does not hang the page, and what stands after it is shown', { timeout: 150_000 }, async () => {
    const id = await room(heavy)
    const { page, complaints, close } = await openPage(browser, server.url)
    // A slow machine is long at such a room, and is at its end all the same.
    const slow = await page.context().newCDPSession(page)
    await slow.send('Emulation.setCPUThrottlingRate', { rate: 5 })
    await page.goto(`/conversations/${id}`)
    const log = page.getByRole('log')
    await log.getByText('after entities').waitFor({ timeout: 60_000 })
    await slow.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    // Upwards through all of it, as somebody who reads.
    for (const name of Object.keys(heavy).toReversed()) {
      await log.evaluate((element, words) => {
        const look = () => {
          if ([...element.querySelectorAll('article')].some(({ textContent }) => textContent?.endsWith(words))) return
          element.scrollTop -= 1_500
          requestAnimationFrame(look)
        }
        look()
      }, `after ${name}`)
      await log.getByText(`after ${name}`).waitFor({ timeout: 30_000 })
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await page.getByRole('textbox', { name: 'Message Hostile' }).fill('still here')
    await page.keyboard.press('Enter')
    await log.getByText('still here').waitFor()
    expect(complaints).toEqual([])
    await close()
  })
})
