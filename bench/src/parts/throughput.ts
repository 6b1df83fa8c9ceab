import { temporaryFolder } from '../../../scripts/lib/server-process.ts'
import { startCadreWithAgents, startDouble, startFloor, type Target, type Variant } from '../job.ts'
import { load, type Measured } from '../load.ts'
import { type Figure, median, ms, printTable, ratio } from '../report.ts'

export type Options = { seconds: number; rounds: number }

/** Durable runs per second beside the floor's, both warm, taking turns so that a busy moment of the machine hits both. */
export async function throughput(options: Options): Promise<Figure[]> {
  const levels = [1, 16, 64, 256]
  const results = await beside(
    levels.map((concurrency) => ({ concurrency, variant: 'plain' as const })),
    options,
  )
  const at64 = results[2]?.ratio ?? NaN
  return [{ name: 'runs/s at 64 at once, of the floor', value: ratio(at64), target: '>= 0.50', reached: at64 >= 0.5 }]
}

/** The same where the tool is behind HTTP: an http ForgeHook here, `fetch` in the floor. */
export async function httpHook(options: Options): Promise<Figure[]> {
  const results = await beside([{ concurrency: 64, variant: 'hook' }], options)
  return [{ name: 'the same, tool behind HTTP', value: ratio(results[0]?.ratio ?? NaN) }]
}

/** Where the model takes 300 ms, what Cadre adds should not show. */
export async function slowModel(options: Options): Promise<Figure[]> {
  const results = await beside([{ concurrency: 256, variant: 'slow' }], options)
  const value = results[0]?.ratio ?? NaN
  return [{ name: '300 ms model at 256 at once, of the floor', value: ratio(value), target: '>= 0.90', reached: value >= 0.9 }]
}

async function beside(levels: { concurrency: number; variant: Variant }[], options: Options) {
  const folder = temporaryFolder('bench')
  const double = await startDouble()
  const floor = await startFloor(double)
  const cadre = await startCadreWithAgents(folder.path, double)
  const results = []
  for (const level of levels) results.push({ ...level, ...(await compare(floor, cadre, level.concurrency, level.variant, options)) })
  for (const server of [cadre.server, floor.server, double]) await server.stop()
  folder.remove()
  printTable(
    ['at once', 'floor runs/s', 'Cadre runs/s', 'ratio', 'floor p50', 'p95', 'Cadre p50', 'p95'],
    results.map(({ concurrency, floor, cadre, ratio: share }) => [
      String(concurrency),
      floor.perSecond.toFixed(0),
      cadre.perSecond.toFixed(0),
      ratio(share),
      ms(floor.p50),
      ms(floor.p95),
      ms(cadre.p50),
      ms(cadre.p95),
    ]),
  )
  return results
}

async function compare(floor: Target, cadre: Target, concurrency: number, variant: Variant, { seconds, rounds }: Options) {
  const measure = (target: Target, time: number) => measured(target, variant, { concurrency, seconds: time })
  for (const target of [floor, cadre]) await measure(target, Math.min(2, seconds))
  const pairs: { floor: Measured; cadre: Measured }[] = []
  for (let round = 0; round < rounds; round++) {
    // Who goes first changes, so that neither always finds the machine warm.
    if (round % 2) pairs.push({ cadre: await measure(cadre, seconds), floor: await measure(floor, seconds) })
    else pairs.push({ floor: await measure(floor, seconds), cadre: await measure(cadre, seconds) })
  }
  return {
    floor: middle(pairs.map((pair) => pair.floor)),
    cadre: middle(pairs.map((pair) => pair.cadre)),
    ratio: median(pairs.map((pair) => pair.cadre.perSecond / pair.floor.perSecond)),
  }
}

function middle(rounds: Measured[]) {
  const of = (pick: (round: Measured) => number) => median(rounds.map(pick))
  return { perSecond: of((round) => round.perSecond), p50: of((round) => round.p50), p95: of((round) => round.p95) }
}

/** A load that failed anywhere is no measurement. */
export async function measured(target: Target, variant: Variant, options: { concurrency: number; seconds?: number; calls?: number }) {
  const result = await load({ url: target.server.url + target.path(variant), ...options })
  if (result.failed)
    throw new Error(`${result.failed} of ${result.calls} calls of ${target.path(variant)} failed, the first with: ${result.firstFailure}`)
  return result
}
