import { LifecyclePoint } from '@cadre/contract/lifecycle-hooks'
import { type LifecycleState } from '@cadre/contract/lifecycle'
import type { Command } from 'commander'
import { openCli } from './cli.ts'
import { UsageError } from './exit-codes.ts'
import { words } from './options.ts'
import { readObject } from './sources.ts'
import { table } from './table.ts'
import { oneLine } from './text.ts'

type Options = { on?: boolean; off?: boolean; points?: string[]; agents?: string[]; options?: string }

/** Where a ForgeHook is called in the life of messages and runs. */
export function addPluginLifecycle(plugins: Command) {
  plugins
    .command('lifecycle')
    .description('show where a ForgeHook is called in the life of messages and runs; switch that on or off')
    .argument('<id>', 'such as redact')
    .option('--on', 'call it from now on')
    .option('--off', 'call it no more')
    .option('--points <names>', 'with --on: only at these points, with commas between them', words)
    .option('--agents <ids>', 'with --on: only for these agents, with commas between them', words)
    .option('--options <json>', 'with --on: what it shall go by; JSON, a JSON or YAML file, or - for standard input')
    .addHelpText('after', '\nExamples:\n  cadre plugins lifecycle redact --on --options \'{"email": true}\'\n  cadre plugins lifecycle redact --off')
    .action(async (id: string, options: Options, command: Command) => {
      const cli = openCli(command)
      const state = await (options.on || options.off
        ? cli.client.plugins.switchLifecycle(await change(id, options))
        : cli.client.plugins.lifecycle({ id }))
      cli.output.data(state, () => describe(state))
    })
}

async function change(id: string, { on, off, points, agents, options }: Options) {
  if (on && off) throw new UsageError('--on and --off: give one of them')
  if (off) return { id, points: [] }
  const wrong = points?.find((point) => !LifecyclePoint.safeParse(point).success)
  if (wrong !== undefined) throw new UsageError(`--points: '${wrong}' is none of ${LifecyclePoint.options.join(', ')}`)
  return {
    id,
    ...(points ? { points: points as LifecyclePoint[] } : {}),
    ...(agents ? { agents } : {}),
    ...(options === undefined ? {} : { options: (await readObject(options, '--options')) as Record<string, unknown> }),
  }
}

function describe({ points, agents, options }: LifecycleState): string {
  if (points.length === 0) return 'It has no lifecycle hooks.'
  const columns = [
    { title: 'POINT' },
    { title: 'ON' },
    ...['CALLS', 'CHANGED', 'REFUSED', 'FAILED'].map((title) => ({ title, align: 'right' as const })),
    { title: 'LAST ERROR', flexible: true },
  ]
  const rows = points.map((each) => [
    each.point,
    each.on ? 'yes' : 'no',
    ...[each.calls, each.changed, each.refused, each.failed].map(String),
    oneLine(each.last_error ?? ''),
  ])
  const more = [
    ...(agents ? [`only for ${agents.join(', ')}`] : []),
    ...(Object.keys(options).length > 0 ? [`options: ${JSON.stringify(options)}`] : []),
  ]
  return `${table(columns, rows)}${more.map((line) => `\n${oneLine(line)}`).join('')}`
}
