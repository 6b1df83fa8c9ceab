import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Agent } from '@cadre/contract/agents'
import type { Conversation } from '@cadre/contract/conversations'
import type { Run } from '@cadre/contract/runs'
import type { Page } from 'playwright-core'
import { startModelDouble } from '../../core/src/test/model-double.ts'
import { api, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'
import { openBrowser, openPage } from './open-browser.ts'

// The pictures of the README, made anew: `node e2e/browser/screenshots.ts`. The run is the planner's; the words in the room are scripted.

const images = join(import.meta.dirname, '../../docs/images')
mkdirSync(images, { recursive: true })

const table = `| region | total | change |
| --- | ---: | ---: |
| West | 2,700 | +12 % |
| East | 2,000 | −3 % |`
const answers: Record<string, string> = {
  Analyst: `West is ahead, by the orders that were cleaned this morning:\n\n${table}\n\nTwo dates were ambiguous; I read them as month first, as you said last week.`,
  Editor: '**For the board:** West grew by 12 % to 2,700; East fell by 3 % to 2,000. The data is complete and was checked.',
}
const double = await startModelDouble(({ messages }) => {
  const name = /You are (\w+)/.exec(String(messages[0]?.content))?.[1] ?? ''
  return { text: answers[name] ?? 'Done.' }
})
const folder = temporaryFolder('screenshots')
const server = await startCadre(folder.path)
const browser = await openBrowser()
try {
  const post = <T>(path: string, body: object) => api<T>(server.url, 'POST', path, body)
  await post('/providers', { id: 'double', type: 'custom', base_url: double.url, default_model: 'double' })
  const cleanup = await post<Agent>('/agents', {
    name: 'Data cleanup',
    system_prompt: 'You are a data processing assistant. Use ISO 8601 dates.',
    provider: 'builtin',
    model: 'planner',
    tools: ['data-transform', 'date-utils', 'formula-engine', 'json-utils'],
  })
  const run = await post<Run>(`/agents/${cleanup.slug}/run`, {
    input: 'Clean this CSV: fix the date formats to ISO, calculate the total amount per region, and return as JSON',
    data: { csv: 'name,date,amount,region\nJohn,1/15/24,1500,West\nJane,2024-02-20,2000,East\nMaria,March 5 2024,1200,West' },
  })
  const agents: Agent[] = []
  for (const name of ['Analyst', 'Editor']) {
    const config = { max_retries: 0 }
    agents.push(await post<Agent>('/agents', { name, system_prompt: `You are ${name}.`, provider: 'double', model: 'double', config }))
  }
  const participants = agents.map(({ id }) => ({ kind: 'agent', id }))
  const room = await post<Conversation>('/conversations', { kind: 'group', title: 'Quarterly figures', participants, policy: { debounce_ms: 0 } })

  const shoot = async (path: string, file: string, colorScheme: 'light' | 'dark', act: (page: Page) => Promise<void>) => {
    const { page, close } = await openPage(browser, server.url, { viewport: { width: 1280, height: 960 }, colorScheme })
    await page.goto(path)
    await act(page)
    await page.screenshot({ path: join(images, file) })
    await close()
    console.log(join('docs/images', file))
  }
  await shoot(`/runs/${run.run_id}`, 'run.png', 'light', async (page) => {
    await page.getByText('Completed').first().waitFor()
    await page
      .getByRole('option', { name: /data-transform/ })
      .last()
      .click()
    await page.getByRole('button', { name: 'Fork from here' }).waitFor()
  })
  await shoot(`/conversations/${room.id}`, 'conversation.png', 'dark', async (page) => {
    await page.getByRole('textbox', { name: /^Message / }).fill('@Analyst how did the regions do? @Editor, one line for the board, please.')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Enter')
    await page.getByRole('log').getByRole('cell', { name: '2,700' }).waitFor()
    await page.getByRole('log').getByText('The data is complete').waitFor()
  })
} finally {
  await browser.close()
  await server.stop()
  await double.close()
  folder.remove()
}
