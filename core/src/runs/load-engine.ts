import type { Engine } from './engine.ts'

let engine: Promise<Engine> | undefined

/** The engine, imported at the first run: a server that only serves never loads it. */
export function loadEngine(): Promise<Engine> {
  return (engine ??= load())
}

/**
 * The order matters: what is left out is named first. VoltAgent 2.10.0 reads NODE_ENV when it is imported, and unless that says production it fetches
 * a model list from the internet at once and every half hour; whatever this process was started with, it does not.
 */
async function load(): Promise<Engine> {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    await import('./engine-voltagent-unused.ts')
    return (await import('./engine-voltagent.ts')).runWithVoltAgent
  } finally {
    if (before === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = before
  }
}
