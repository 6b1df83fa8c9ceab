import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)
const convert = async (text: string, from: string, to: string, more = {}) => (await call('/convert', { text, from, to, ...more })).text as string

test.each([
  ['<a href="javascript:alert(1)">x</a>', '<a>x</a>'],
  ['<a href=" &#106;ava&#10;script:alert(1)">x</a>', '<a>x</a>'],
  ['<a href="data:text/html,x">x</a><a href="vbscript:x">y</a>', '<a>x</a><a>y</a>'],
  ['<img src=x onerror=alert(1)>', '<img src="x">'],
  ['<svg onload=alert(1)><script>x</script></svg><style>p{}</style><iframe src="x"></iframe>t', 't'],
  ['<form action="x"><input name=a><button>go</button></form>', 'go'],
  ['<p style="color:red" onclick="x" title="t">p</p><!-- c -->', '<p title="t">p</p>'],
  ['<math><mi//xlink:href="data:x,<script>alert(4)</script>">', ''],
  ['<p>a</p><script>var x="</p>"</script><p>unclosed', '<p>a</p><p>unclosed</p>'],
  ['<a href="/rel?a=1&amp;b=2#c">r</a> <a href="mailto:a@b.co">m</a>', '<a href="/rel?a=1&b=2#c">r</a> <a href="mailto:a@b.co">m</a>'],
])('%s is made safe', async (html, safe) => {
  expect(await convert(html, 'html', 'html')).toBe(safe)
  expect(await convert(html, 'markdown', 'html')).not.toMatch(/<script|onerror|href="?\s*(?:javascript|vbscript|data)/i)
})

test('what was taken out is said; code that shows a script is left alone', async () => {
  expect((await call('/convert', { text: '<script>x</script><b onclick="x">y</b>', from: 'html', to: 'text' })).warnings).toEqual([
    'scripts were taken out',
    'event handlers were taken out',
  ])
  const shown = await call('/convert', { text: '`<script>`', from: 'md', to: 'html' })
  expect(shown).toEqual({ text: '<p><code>&lt;script&gt;</code></p>', from: 'markdown', to: 'html' })
})

test.each([
  ['<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul><ol start="3"><li>x</li></ol>', '- a\n  - b\n- c\n\n3. x', '- a\n  - b\n- c\n\n3. x'],
  ['<pre><code class="language-js">a\n\nb &lt; c</code></pre>', '```js\na\n\nb < c\n```', 'a\n\nb < c'],
  [
    '<table><tr><th>a</th><th align="right">b</th></tr><tr><td>1|2</td><td></td></tr></table>',
    '| a | b |\n| --- | ---: |\n| 1\\|2 |  |',
    'a\tb\n1|2\t',
  ],
  ['<blockquote><p>q</p><p>r</p></blockquote>', '> q\n> \n> r', '> q\n>\n> r'],
  ['<p>1. a *b* &lt;i&gt; &amp;lt;</p><p># h</p>', '1\\. a \\*b\\* \\<i> \\&lt;\n\n\\# h', '1. a *b* <i> &lt;\n\n# h'],
  ['<h2>T</h2><p>a<br>b <del>c</del></p><hr>', '## T\n\na  \nb ~~c~~\n\n---', 'T\n\na\nb c\n\n---'],
  [
    '<p>see <a href="https://x.y/z">docs</a> and <a href="https://x.y">https://x.y</a></p>',
    'see [docs](https://x.y/z) and [https://x.y](https://x.y)',
    'see docs (https://x.y/z) and https://x.y',
  ],
])('%s to markdown and to text', async (html, markdown, text) => {
  expect(await convert(html, 'html', 'markdown')).toBe(markdown)
  expect(await convert(html, 'html', 'text')).toBe(text)
})

test('text becomes what shows it', async () => {
  expect(await convert('a & <b>\n\nc\nd', 'text', 'html')).toBe('<p>a &amp; &lt;b&gt;</p>\n<p>c<br>\nd</p>')
  const signs = '# x\n- y\n1. z\n*s* _u_ [l](x) `c` &lt; <b> ~~t~~ | \\'
  expect(await convert(await convert(signs, 'text', 'markdown'), 'markdown', 'text')).toBe(signs)
})
