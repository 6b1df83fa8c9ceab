import type { ModelCard, ProviderTest } from '@cadre/contract/providers'
import type { Command } from 'commander'
import { openCli } from './cli.ts'
import { exitCode } from './exit-codes.ts'
import { table } from './table.ts'
import { duration, oneLine } from './text.ts'

export function addProviderTest(providers: Command) {
  providers
    .command('test')
    .description('measure what a model can do, with a few real calls; exit code 1 when it gives no answer')
    .argument('<id>', "the provider's id")
    .option('--model <model>', 'the model to ask')
    .action(async (id: string, { model }: { model?: string }, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.providers.test({ id, model })
      const { ok, text, error, latency_ms } = answer
      cli.output.data(answer, () => cardTable(answer))
      const took = latency_ms === null ? '' : ` in ${duration(latency_ms)}`
      if (ok) return cli.output.say(`${oneLine(id)}/${oneLine(answer.model ?? '')} answered${took}: ${oneLine(text ?? '')}`, 'good')
      cli.output.say(`${oneLine(id)} gave no answer: ${oneLine(error ?? 'no reason was given')}`, 'bad')
      process.exitCode = exitCode.error
    })
}

export const capabilities = ['chat', 'streaming', 'tools', 'vision', 'embeddings', 'structured_output'] as const satisfies (keyof ModelCard)[]

function cardTable({ card, notes, first_token_ms }: ProviderTest): string {
  if (card === null) return ''
  const rows = capabilities.map((name) => {
    const value = card[name]
    const first = name === 'streaming' && first_token_ms !== null ? `first piece after ${duration(first_token_ms)}` : ''
    const note = notes.find(({ capability }) => capability === name)?.message ?? first
    return [name.replace('_', ' '), value === null ? 'unknown' : value ? 'yes' : 'no', note]
  })
  rows.push(['context', card.context_size === null ? 'unknown' : `${card.context_size}`, card.context_size === null ? '' : 'tokens'])
  return table([{ title: 'CAN' }, { title: '' }, { title: 'NOTE', flexible: true }], rows)
}
