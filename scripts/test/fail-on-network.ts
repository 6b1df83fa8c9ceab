import { afterEach, expect } from 'vitest'

/** Filled by no-network.mjs, which every test process preloads. */
const attempts = (globalThis as Record<symbol, unknown>)[Symbol.for('cadre.network-attempts')] as string[] | undefined

afterEach(() => {
  expect(attempts, 'run the tests by `npm test`, or vitest with vitest.config.ts').toBeDefined()
  expect(attempts?.splice(0), 'tests must not reach the network').toEqual([])
})
