import { readHtml } from '/work/main/forgehooks/http-fetch/read-html.ts'
const p = (n: string) => `<p>${n} ${'The quick brown fox jumps over the lazy dog, and then it sleeps. '.repeat(5)}</p>`
const pages: Record<string, string> = {
  article: `<!doctype html><html lang="en-GB"><head><base href="/docs/"><title>Foxes | The Site</title><meta property="og:site_name" content="The Site"><meta name="author" content="Jane Doe"><meta property="article:published_time" content="2024-03-01T10:00:00Z"><meta name="description" content="All about foxes &amp; dogs"><style>p{}</style></head><body><nav><a href="/">Home</a><a href="/x">X</a></nav><article><h1>Foxes</h1>${p('one')}<h2>Second <a class="headerlink" href="#s">¶</a></h2>${p('two')}<p>See <a href="more.html">more</a> and <a href="javascript:alert(1)">js</a> <img src="a b.png" alt="pic">.</p><p style="display:none">HIDDEN1</p><div hidden>HIDDEN2</div><table><thead><tr><th>a</th><th>b|c</th></tr></thead><tbody><tr><td>1</td><td>2 | 3</td></tr></tbody></table><pre><code class="language-js">let a = 1 < 2
  b</code></pre><pre>bare
  pre *x*</pre><ul><li>l1</li><li>l2<ol><li>n</li></ol></li></ul><p><del>gone</del> <b>bold</b> <i>it</i> <code>c</code> x*y_z</p>${p('three')}</article><aside>ad</aside><footer>foot <a href="/imprint">Imprint</a></footer><script>alert('SCRIPT')</script></body></html>`,
  tiny: `<p>Hello <b>world</b></p>`,
  fragment: `<html><head><title>T</title></head><p>No body tag <a href=x>l</a></html>`,
  listing: `<html><title>List</title><body><ul>${Array.from({ length: 30 }, (_, i) => `<li><a href="/i${i}">Item ${i}</a></li>`).join('')}</ul></body></html>`,
  spa: `<html><body><div id=root></div><noscript>Enable JS</noscript><script src=x></script></body></html>`,
  jsonld: `<html><head><script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"HL","datePublished":"2023-05-06","author":{"@type":"Person","name":"Al B"},"publisher":{"name":"Pub"}}</script></head><body><div><p>${p('x')}${p('y')}</div></body></html>`,
  table: `<html><body><h1>Prices</h1><table><tr><td>A</td><td>1</td></tr><tr><td>B</td><td>2</td></tr></table></body></html>`,
  '': ' ',
  weird: `<html><body><p>a<p>b<div>c</p></div></span><br>x<`,
  frameset: `<html><frameset><frame src=a></frameset></html>`,
}
for (const [name, html] of Object.entries(pages)) {
  console.log('=====', name)
  const r = await readHtml(html, 'https://example.com/a/b?x')
  console.log(JSON.stringify({ ...r, markdown: 0 }))
  console.log(r.markdown.length > 1500 && name !== 'article' ? r.markdown.slice(0, 300) : r.markdown)
}
for (const [n, html] of Object.entries({
  deep: '<div>'.repeat(600000) + 'x',
  deep390: '<div>'.repeat(390) + 'x',
  big: `<html><body><article>${p('z').repeat(9000)}</article></body></html>`,
  spans: '<b>x</b>'.repeat(300000),
  attr: `<a ${'x='.repeat(500000)}>y</a>`,
  lt: '<'.repeat(1000000),
  links: '<a href=x>y</a> '.repeat(100000),
  bigtable: '<table>' + '<tr><td>1</td><td>2</td></tr>'.repeat(50000) + '</table>',
  nbsp: '<p>' + '&nbsp;'.repeat(500000) + 'x</p>',
  nbspcell: '<table><tr><td>a</td><td>' + '&nbsp;'.repeat(400000) + 'x</td></tr></table>',
  comments: '<!--'.repeat(500000),
  scripts: '<script>'.repeat(300000),
  ents: '&amp;'.repeat(500000),
  pre: '<pre>' + '`'.repeat(1000000) + '</pre>',
  stars: '<p>' + '*_[]'.repeat(500000),
  nl: '<p>' + ' \n'.repeat(1000000) + '</p>',
  brs: '<br>'.repeat(200000),
  css: `<p style="${'display'.repeat(100000)}">x</p>`,
  meta: '<meta name=a content=b>'.repeat(100000),
})) {
  const t = Date.now()
  try {
    const r = await readHtml(html.slice(0, 3e6), 'https://example.com/')
    console.log(n, html.length, r.markdown.length, r.part, Date.now() - t, 'ms', Math.round(process.memoryUsage().rss / 1e6), 'MB')
  } catch (e) {
    console.log(n, (e as Error).name, (e as Error).message.slice(0, 200), Date.now() - t)
  }
}
