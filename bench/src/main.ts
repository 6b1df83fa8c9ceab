import { parseArgs } from 'node:util'
import { access } from './parts/access.ts'
import { code } from './parts/code.ts'
import { journalRow } from './parts/journal.ts'
import { coldStart, firstToken } from './parts/latency.ts'
import { disk, install, memory } from './parts/footprint.ts'
import { conversations, streams } from './parts/conversations.ts'
import { floods, turns } from './parts/conversations-load.ts'
import { container } from './parts/container.ts'
import { models } from './parts/models.ts'
import { tables } from './parts/tables.ts'
import { httpHook, slowModel, throughput } from './parts/throughput.ts'
import { type Figure, printFigures } from './report.ts'

// `npm run bench`: what a durable run costs beside the same job done by plain `ai` in a bare HTTP handler that stores nothing, in one run.
// Loopback only, on temporary folders; every process it starts ends with it.

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    runs: { type: 'string', default: '20000' },
  },
})
const options = { seconds: positive('seconds'), rounds: positive('rounds'), runs: positive('runs') }

const parts: Record<string, { title: string; run: () => Promise<Figure[]> }> = {
  throughput: { title: 'Runs per second beside the floor', run: () => throughput(options) },
  hook: { title: 'The same with the tool behind HTTP', run: () => httpHook(options) },
  slow: { title: 'A model that takes 300 ms', run: () => slowModel(options) },
  cold: { title: 'Cold start', run: () => coldStart({ rounds: Math.max(5, options.rounds) }) },
  token: { title: 'First token', run: firstToken },
  journal: { title: 'A journal row', run: journalRow },
  access: { title: 'Who asks, and whether they may', run: access },
  tables: { title: 'CSV of 200,000 rows', run: () => tables(options) },
  models: { title: 'Model calls', run: models },
  code: { title: 'Code of users', run: code },
  container: { title: 'A ForgeHook in a container', run: container },
  conversations: { title: 'A million messages', run: conversations },
  streams: { title: 'Open event streams', run: streams },
  turns: { title: 'Conversations at once', run: turns },
  flood: { title: 'More messages than can be answered', run: floods },
  disk: { title: 'Disk', run: disk },
  memory: { title: 'Memory', run: () => memory(options) },
  install: { title: 'Installed for production', run: install },
}

const chosen = values.only?.split(',') ?? Object.keys(parts)
const unknown = chosen.find((name) => !Object.hasOwn(parts, name))
if (unknown !== undefined) exit(`--only ${unknown}: the parts are ${Object.keys(parts).join(', ')}`)

const figures: Figure[] = []
for (const name of chosen) {
  const part = parts[name]
  if (!part) continue
  console.log(`\n${part.title} (${name})`)
  try {
    figures.push(...(await part.run()))
  } catch (error) {
    console.error(`  ${name} could not be measured: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
printFigures(figures)
// Whatever a part that failed left running ends here.
process.exit()

function positive(name: 'seconds' | 'rounds' | 'runs') {
  const number = Number(values[name])
  return number > 0 ? number : exit(`--${name} ${values[name]}: must be a number above 0`)
}

function exit(sentence: string): never {
  console.error(sentence)
  process.exit(2)
}
