import { aboutPage, makeAbsolute, openPage, removeUnseen } from './page.ts'
import { toMarkdown } from './to-markdown.ts'
import { parseHTML } from 'linkedom'
import { Readability } from '@mozilla/readability'
const step = async (n: string, f: () => unknown) => { const t = Date.now(); try { const r = await f(); console.log('  ', n, Date.now() - t); return r } catch (e) { console.log('  ', n, 'FAIL', (e as Error).stack?.split('\n').slice(0, 3).join(' | ').slice(0, 300), Date.now() - t) } }
for (const [n, html] of Object.entries({ deep250: '<div>'.repeat(250) + 'x', deep500: '<div>'.repeat(500) + 'x', spans: '<b>x</b>'.repeat(10000), links: '<p><a href=x>y</a> text</p>'.repeat(5000), bigtable: '<table>' + '<tr><td>1</td><td>2</td></tr>'.repeat(1000) + '</table>', lt: '<'.repeat(20000) })) {
  console.log(n)
  let doc: any
  await step('open', () => { doc = openPage(parseHTML, html) })
  await step('abs', () => makeAbsolute(doc, 'https://a.test/'))
  await step('unseen', () => removeUnseen(doc))
  await step('about', () => aboutPage(doc))
  let shown = ''
  await step('inner', () => { shown = doc.body.innerHTML })
  let art: any
  await step('readability', () => { art = new Readability(doc).parse(); return 0 })
  await step('markdown art', () => art && toMarkdown(art.content))
  await step('markdown shown', () => toMarkdown(shown))
}
