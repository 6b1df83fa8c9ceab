// A process that takes runs and executes them, until it is killed.
import { actor, app, probe, work } from './killed-app.ts'

const { startRun } = await import('@cadre/core/runs/start-run')
await work()

export type Order = { key: string; agent: string; input: string; stream: boolean }
process.on('message', async (order: Order) => {
  try {
    probe('run.enqueueing')
    const run_id = await startRun(
      app,
      actor,
      { idOrSlug: order.agent, input: order.input, stream: order.stream, data: undefined, output_schema: undefined },
      order.key,
    )
    process.send?.({ key: order.key, run_id })
  } catch (error) {
    process.send?.({ key: order.key, error: String(error) })
  }
})
process.send?.('ready')
