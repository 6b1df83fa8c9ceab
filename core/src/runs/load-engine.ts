import type { Engine } from './engine.ts'

/** The engine, imported at the first run: a server that only serves never loads it. The order matters: what is left out is named first. */
export async function loadEngine(): Promise<Engine> {
  await import('./engine-voltagent-unused.ts')
  return (await import('./engine-voltagent.ts')).runWithVoltAgent
}
