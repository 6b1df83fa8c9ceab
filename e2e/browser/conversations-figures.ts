import type { Conversation, Project } from '@cadre/contract/conversations'
import type { Message } from '@cadre/contract/messages'
import { api, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { openBrowser, openPage } from './open-browser.ts'

// How fast a room is, in Chromium, printed: `node e2e/browser/conversations-figures.ts`. Nothing is asserted: it depends on the machine.

const messageCount = 10_000
const updates = 500
const words = 'The figures of **the quarter** are in; see `table 3` for what that means.\n\n- one\n- two\n\n'
const piece = (n: number) => `word${n} and *more* of it, with \`code\` in between, ${n % 12 === 11 ? 'to the end.\n\n' : 'and on '}${'of '.repeat(6)}`

/** A block of code that is closed after 100 lines, and the next one. */
const code = (n: number) =>
  `${n % 100 === 0 ? '```ts\n' : ''}export const rows${n} = items.filter(({ id }) => id > ${n}).map((row) => \`\${row.name}!\`) // ${n}\n${n % 100 === 99 ? '```\n\n' : ''}`

/** Puts events into the stream that a room follows, as if the server had sent them. */
function tapStream() {
  const real = globalThis.fetch
  const taps = globalThis as unknown as { tell?: (event: object, id: string) => void }
  globalThis.fetch = async (...call) => {
    const response = await real(...call)
    const url = call[0] instanceof Request ? call[0].url : String(call[0])
    if (!url.endsWith('/rpc/conversations/follow') || !response.body) return response
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
      start: (controller) => {
        taps.tell = (event, id) =>
          controller.enqueue(new TextEncoder().encode(`event: message\nid: ${id}\ndata: ${JSON.stringify({ json: event })}\n\n`))
      },
    })
    void response.body.pipeTo(writable).catch(() => undefined)
    return new Response(readable, response)
  }
}

const at95 = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0
const ms = (value: number) => `${value.toFixed(1)} ms`

const folder = temporaryFolder('figures')
const server = await startCadre(folder.path)
const browser = await openBrowser()
try {
  const project = await api<Project>(server.url, 'POST', '/projects', { name: 'Figures' })
  const room = await api<Conversation>(server.url, 'POST', '/conversations', { kind: 'channel', title: 'long', project_id: project.id })
  for (let sent = 0; sent < messageCount; sent += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        api<Message>(server.url, 'POST', `/conversations/${room.id}/messages`, { content: n % 3 === 0 ? words : `Message ${sent + n}` }),
      ),
    )
  const { page } = await openPage(browser, server.url, { viewport: { width: 1280, height: 900 } })
  await page.addInitScript(tapStream)

  await page.goto(`/conversations/${room.id}`)
  const log = page.getByRole('log')
  await log.getByRole('article').first().waitFor()
  const loading = performance.now()
  await page.goto(`/conversations/${room.id}?message=1`)
  await log.locator('[data-message="1"]').waitFor({ timeout: 60_000 })
  console.log(`${messageCount} messages loaded to the first in ${ms(performance.now() - loading)}`)

  const cdp = await page.context().newCDPSession(page)
  // Time on the processor, not on the clock; a machine at full load makes that longer, too.
  await cdp.send('Performance.setTimeDomain', { timeDomain: 'threadTicks' })
  await cdp.send('Performance.enable')
  const pages = ['ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration']
  type Taken = { page: number; all: number }
  /** `page`: script, style and layout. `all`: every task of the main thread, painting and what the measuring itself takes among them. */
  const busy = async (): Promise<Taken> => {
    const { metrics } = await cdp.send('Performance.getMetrics')
    const sum = (names: string[]) => metrics.reduce((total, { name, value }) => (names.includes(name) ? total + value * 1_000 : total), 0)
    return { page: sum(pages), all: sum(['TaskDuration']) }
  }
  async function measured(count: number, deed: (n: number) => Promise<void>): Promise<Taken[]> {
    const taken: Taken[] = []
    for (let n = 0; n < count; n++) {
      const before = await busy()
      await deed(n)
      const after = await busy()
      taken.push({ page: after.page - before.page, all: after.all - before.all })
    }
    return taken
  }
  const said = (taken: Taken[]) =>
    `${ms(at95(taken.map(({ page }) => page)))} of script, style and layout, ${ms(at95(taken.map(({ all }) => all)))} of all tasks`
  const nothing = () => page.evaluate(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))))

  for (const step of [0, 400, 3_000]) {
    await log.evaluate((element) => (element.scrollTop = 0))
    const frames = await log.evaluate(
      (element, step) =>
        new Promise<number[]>((resolve) => {
          const taken: number[] = []
          let before = performance.now()
          const next = () => {
            const now = performance.now()
            taken.push(now - before)
            before = now
            element.scrollTop += step
            if (taken.length < 200) requestAnimationFrame(next)
            else resolve(taken.slice(1))
          }
          requestAnimationFrame(next)
        }),
      step,
    )
    console.log(`${messageCount} messages, ${step} px a frame: p95 ${ms(at95(frames))} from frame to frame by the clock, 40 asked`)
    const taken = await measured(100, () =>
      log.evaluate(
        (element, step) =>
          new Promise<void>((resolve) => {
            element.scrollTop += step
            requestAnimationFrame(() => requestAnimationFrame(() => resolve()))
          }),
        step,
      ),
    )
    console.log(`  p95 for each: ${said(taken)}`)
  }

  await page.goto(`/conversations/${room.id}`)
  await log.getByRole('article').first().waitFor()
  await page.waitForFunction(() => 'tell' in globalThis)
  // Nobody answers here but the test.
  await page.route('**/rpc/conversations/agents', (route) => route.abort())
  const tell = (event: object, id: number) =>
    page.evaluate(
      ([event, id]) =>
        new Promise<void>((resolve) => {
          ;(globalThis as unknown as { tell: (event: object, id: string) => void }).tell(event, id)
          requestAnimationFrame(() => requestAnimationFrame(() => resolve()))
        }),
      [event, String(id)] as const,
    )
  const common = { conversation_id: room.id, at: new Date().toISOString() }
  const { last_event } = await api<Conversation>(server.url, 'GET', `/conversations/${room.id}`)
  const seq = last_event + 1
  await tell({ ...common, seq, type: 'agent.responding', agent_id: 'a', job_id: 'j', run_id: 'run_x', message_ids: [] }, seq)
  const none = await measured(50, nothing)
  for (const [what, pieceOf] of Object.entries({ text: piece, code })) {
    const id = `m_${what}`
    const taken = await measured(updates, (n) =>
      tell({ ...common, seq, type: 'message.delta', message_id: id, run_id: 'run_x', part: n, kind: 'text', text: pieceOf(n) }, seq),
    )
    const { length } = await log.locator('[data-answer=writing]').innerText()
    console.log(`${updates} updates of 20 tokens of ${what}, ${length} characters shown: p95 for each, 16 asked: ${said(taken)}`)
  }
  console.log(`  without any update: ${said(none)}`)
} finally {
  await browser.close()
  await server.stop()
  folder.remove()
}
