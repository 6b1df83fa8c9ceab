import { describe, expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'
import { contextBehindWall, serveHere } from './test/wall.ts'

const folder = new URL('./', import.meta.url)
let next: { status?: number; type?: string; body: string | Buffer; headers?: Record<string, string> } = { body: '' }
const service = await serveHere(({ url }, response) => {
  if (url === '/from') return response.writeHead(301, { location: '/deep/to' }).end()
  const { status = 200, type = 'text/html; charset=utf-8', body, headers } = next
  response.writeHead(status, { ...(type ? { 'content-type': type } : {}), ...headers }).end(body)
})
const context = contextBehindWall(folder, [service.host])
const call = caller(folder, handlers)
const read = (page: typeof next | string, input: object = {}) => {
  next = typeof page === 'string' ? { body: page } : page
  return call('/read_page', { url: `${service.url}/deep/page?x=1`, ...input }, context)
}
const long = (word: string) => `<p>${word} ${'The quick brown fox jumps over the lazy dog, and then it sleeps. '.repeat(5)}</p>`

const article = `<!doctype html><html lang="en-GB"><head><title>Foxes</title><meta property="og:site_name" content="The Site"><meta name="author" content="Jane Doe">
<meta property="article:published_time" content="2024-03-01T10:00:00Z"><meta name="description" content="Foxes &amp; dogs"><style>.x{}</style></head><body>
<nav><a href="/">Home</a></nav><header>Banner</header><article><h1>Foxes</h1>${long('one')}<h2 id="s">Second <a href="#s">¶</a></h2>${long('two')}
<p>See <a href="more.html">more</a>, <a href="//other.test/x">other</a>, <a href="/root">root</a>, <a href="javascript:alert(1)">script</a>. <img src="a b.png" alt="pic"></p>
<p style="DISPLAY : none">HIDDEN1</p><p hidden>HIDDEN2</p><p aria-hidden="true">HIDDEN3</p><p style="font-size:0">HIDDEN4</p><p style="opacity:0.5">Seen</p>
<table><caption>Counts</caption><thead><tr><th>a</th><th>b|c</th></tr></thead><tbody><tr><td>1</td><td>2 <b>x</b><br>3</td></tr><tr><td colspan="2">both</td></tr></tbody></table>
<pre><code class="language-js">let a = 1 &lt; 2\n  b()</code></pre><pre>bare *x*</pre><ul><li>l1<ol><li>n</li></ol></li></ul><p><del>gone</del> <code>c</code></p>${long('three')}</article>
<aside>Advert</aside><footer>Imprint</footer><script>SCRIPT()</script></body></html>`

test('an article with all that is about it', async () => {
  const page = await read(article)
  expect(page).toMatchObject({
    url: `${service.url}/deep/page?x=1`,
    title: 'Foxes',
    byline: 'Jane Doe',
    site: 'The Site',
    published: '2024-03-01T10:00:00Z',
    language: 'en-GB',
    excerpt: 'Foxes & dogs',
    part: 'article',
    truncated: false,
    links: [
      { text: 'more', url: `${service.url}/deep/more.html` },
      { text: 'other', url: 'http://other.test/x' },
      { text: 'root', url: `${service.url}/root` },
    ],
  })
  for (const unseen of ['HIDDEN', 'SCRIPT', 'Home', 'Advert', 'Imprint', 'javascript:', '¶', '.x{}']) expect(page.markdown).not.toContain(unseen)
  for (const seen of [
    '## Second',
    `[more](${service.url}/deep/more.html)`,
    `![pic](${service.url}/deep/a%20b.png)`,
    'Counts\n\n| a | b\\|c |\n| --- | --- |\n| 1 | 2 **x**<br>3 |\n| both |  |',
    '```js\nlet a = 1 < 2\n  b()\n```',
    '```\nbare *x*\n```',
    '~~gone~~ `c`',
    'Seen',
  ])
    expect(page.markdown).toContain(seen)
})

describe('pages of other kinds', () => {
  test.each<[string, string, object]>([
    ['a fragment', '<p>Hello <b>world</b>', { markdown: 'Hello **world**', title: null, site: service.host }],
    ['a title in a fragment', '<title>T</title><p>Text', { title: 'T', markdown: 'Text' }],
    ['the title of a drawing', '<svg><title>Icon</title></svg><p>Text', { title: null, markdown: 'Text' }],
    ['no body', '<html><head><title>T</title></head><p>Text <a href=x>l</a></html>', { title: 'T', markdown: `Text [l](${service.url}/deep/x)` }],
    ['no head', '<html><title>T</title><body><p>Text</body></html>', { title: 'T', markdown: 'Text' }],
    ['base', '<base href="/other/"><p>A <a href="x">l</a></p>', { markdown: `A [l](${service.url}/other/x)` }],
    ['a base that is none', '<base href="javascript:x"><p>A <a href="x">l</a></p>', { links: [] }],
    [
      'only a script',
      '<div id=root></div><script>x</script>',
      { markdown: '', part: 'page', warnings: [expect.stringContaining('without JavaScript')] },
    ],
    ['a layout table', '<table><tr><td><h2>A</h2><p>x</p></td><td><p>y</p></td></tr></table>', { markdown: expect.not.stringContaining('|') }],
    ['a table without a head', '<table><tr><td>1</td><td>2</td></tr></table>', { markdown: '|  |  |\n| --- | --- |\n| 1 | 2 |' }],
    ['an excerpt with marks', '<p>a * b _c_ [d] `e`</p>', { markdown: 'a \\* b \\_c\\_ \\[d\\] \\`e\\`' }],
  ])('%s', async (_, html, page) => {
    expect(await read(html)).toMatchObject(page)
  })
  test('JSON-LD tells what the page does not', async () => {
    const data = {
      '@context': 'https://schema.org',
      '@type': 'NewsArticle',
      headline: 'HL',
      datePublished: '2023-05-06',
      author: { '@type': 'Person', name: 'Al B' },
    }
    const page = await read(
      `<html><head><script type="application/ld+json">${JSON.stringify(data)}</script></head><body>${long('x')}${long('y')}</body></html>`,
    )
    expect(page).toMatchObject({ title: 'HL', byline: 'Al B', published: '2023-05-06' })
  })
  test('plain text and Markdown are given as they are', async () => {
    expect(await read({ type: 'text/plain', body: '# a\r\nb <c>' })).toMatchObject({ markdown: '# a\nb <c>', part: 'text', links: [] })
  })
  test('an encoding named by the page only', async () => {
    expect(await read({ type: 'text/html', body: Buffer.from('<meta charset="iso-8859-1"><p>caf\xe9</p>', 'latin1') })).toMatchObject({
      markdown: 'café',
    })
  })
  test('addresses are relative to where a redirect led', async () => {
    next = { body: '<p><a href="x">l</a> text</p>' }
    expect(await call('/read_page', { url: `${service.url}/from` }, context)).toMatchObject({
      url: `${service.url}/deep/to`,
      links: [{ url: `${service.url}/deep/x` }],
    })
  })
})

describe('what is no page', () => {
  test.each<[typeof next, RegExp]>([
    [{ type: 'application/pdf', body: '%PDF-1.7' }, /answered a PDF document, which is no page to read/],
    [{ type: 'text/html', body: '%PDF-1.7' }, /a PDF document/],
    [{ type: 'image/png', body: 'x' }, /an image/],
    [{ type: '', body: Buffer.from('89504e470d0a1a0a', 'hex') }, /an image/],
    [{ type: 'application/json', body: '{}' }, /JSON data, which is no page to read; use \/get/],
    [{ type: 'video/mp4', body: 'x' }, /video data/],
    [{ type: 'application/zip', body: 'PK' }, /'application\/zip'/],
    [{ type: '', body: Buffer.from('00ff00', 'hex') }, /bytes that are no text/],
    [{ type: 'text/html', body: '  ' }, /an empty page/],
    [{ status: 404, body: '<p>no' }, /answered 404: there is no such page/],
    [{ status: 403, body: '' }, /answered 403: it does not allow this/],
    [{ status: 500, body: 'x' }, /answered 500$/],
    [{ body: '<div>'.repeat(1_000) }, /nested too deep/],
    [{ body: '<div>'.repeat(200_000) }, /nested too deep/],
  ])('%#', async (page, message) => {
    await expect(read(page)).rejects.toThrow(message)
  })
})

describe('a page that is too long', () => {
  test('is cut at the end of a paragraph, and says so', async () => {
    const page = await read(`<article>${long('one')}${long('two')}${long('three')}</article>`, { max_chars: 800, links: false })
    expect(page).toMatchObject({ truncated: true, total_chars: expect.any(Number) })
    expect(page.links).toBeUndefined()
    expect(page.markdown).toMatch(/^one .+\n\ntwo .+sleeps\.$/s)
  })
  test('no character is cut in two', async () => {
    const { markdown } = await read(`<p>x${'😀'.repeat(200)}</p>`, { max_chars: 100 })
    expect(markdown.isWellFormed()).toBe(true)
  })
  test('has more elements than are read', async () => {
    const page = await read('<p>x</p>'.repeat(50_000), { max_chars: 5_000_000 })
    expect(page).toMatchObject({ truncated: true })
  })
  test('has long runs of spaces, or parts without number in one place', async () => {
    expect(await read(`<p>a${'&nbsp;'.repeat(100_000)}b</p>`)).toMatchObject({ markdown: 'a b' })
    expect(await read(`<p>${'&amp;'.repeat(200_000)}</p>`)).toMatchObject({ truncated: true })
  })
})
