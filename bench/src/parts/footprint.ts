import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { startCadre, temporaryFolder } from '../../../scripts/lib/server-process.ts'
import { startCadreWithAgents, startDouble, startFloor, type Target } from '../job.ts'
import { diskUse, residentMemory } from '../machine.ts'
import { type Figure, megabytes as mb, printTable, ratio } from '../report.ts'
import { measured } from './throughput.ts'

/** Growth of the data folder by 2,000 runs, the server stopped before each look so that the log is in the database. */
export async function disk(): Promise<Figure[]> {
  const runs = 2000
  const folder = temporaryFolder('bench')
  const double = await startDouble()
  const first = await startCadreWithAgents(folder.path, double)
  await measured(first, 'plain', { concurrency: 64, calls: 100 })
  await first.server.stop()
  const before = diskUse(folder.path)
  const again = { ...first, server: await startCadre(folder.path) }
  await measured(again, 'plain', { concurrency: 64, calls: runs })
  await again.server.stop()
  const perRun = (diskUse(folder.path) - before) / runs
  await double.stop()
  folder.remove()
  return [{ name: 'bytes on disk per run', value: `${(perRun / 1000).toFixed(2)} kB`, target: '<= 6 kB', reached: perRun <= 6000 }]
}

/** Resident memory of both, idle and after so many runs in the same process. */
export async function memory({ runs }: { runs: number }): Promise<Figure[]> {
  const folder = temporaryFolder('bench')
  const double = await startDouble()
  const cadre = await startCadreWithAgents(folder.path, double)
  const floor = await startFloor(double)
  const early = Math.min(2000, runs / 10)
  const of = async (target: Target) => {
    const idle = await settled(target)
    await measured(target, 'plain', { concurrency: 64, calls: early })
    const few = await settled(target)
    await measured(target, 'plain', { concurrency: 64, calls: runs - early })
    return { idle, few, many: await settled(target) }
  }
  const [floorUse, cadreUse] = [await of(floor), await of(cadre)]
  for (const server of [cadre.server, floor.server, double]) await server.stop()
  folder.remove()
  printTable(
    ['resident memory', 'idle', `after ${early} runs`, `after ${runs} runs`],
    Object.entries({ floor: floorUse, Cadre: cadreUse }).map(([name, { idle, few, many }]) => [name, mb(idle), mb(few), mb(many)]),
  )
  const growth = cadreUse.many / cadreUse.few
  return [
    { name: 'memory idle', value: mb(cadreUse.idle), target: '<= 130 MB', reached: cadreUse.idle <= 130e6 },
    { name: `memory after ${runs} runs, of that after ${early}`, value: ratio(growth), target: 'flat (<= 1.10)', reached: growth <= 1.1 },
  ]
}

/** The lowest of a few looks after the work: what a garbage collection leaves. */
async function settled({ server }: Target) {
  let lowest = Infinity
  for (let look = 0; look < 6; look++) {
    await delay(500)
    lowest = Math.min(lowest, residentMemory(server.pid))
  }
  return lowest
}

type Lock = { packages: Record<string, { dev?: boolean; link?: boolean }> }

/** What `npm ci --omit=dev` installs, counted from the lock file among what lies in node_modules, plus our own source. */
export async function install(): Promise<Figure[]> {
  const root = join(import.meta.dirname, '../../..')
  const present = JSON.parse(readFileSync(join(root, 'node_modules/.package-lock.json'), 'utf8')) as Lock
  const wanted = Object.entries(present.packages).filter(([path, entry]) => path.includes('node_modules/') && !entry.dev && !entry.link)
  const packages = wanted.reduce((sum, [path]) => sum + diskUse(join(root, path), (name) => name === 'node_modules'), 0)
  const own = ['contract', 'core', 'forgehooks', 'server', 'client'].reduce(
    (sum, name) => sum + diskUse(join(root, name), (entry) => entry === 'node_modules'),
    0,
  )
  const bytes = packages + own
  return [
    { name: 'production install', value: `${mb(bytes)} (${mb(own)} ours)`, target: '<= 250 MB', reached: bytes <= 250e6 },
    { name: 'production packages', value: String(wanted.length), target: '<= 350', reached: wanted.length <= 350 },
  ]
}
