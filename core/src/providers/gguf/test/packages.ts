import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { findLlama } from '../find-llama.ts'
import { openGguf } from '../open-gguf.ts'

/** Where node-llama-cpp is, if it is not beside Cadre: CADRE_TEST_PACKAGES, the folder of its node_modules. */
export const packages = process.env['CADRE_TEST_PACKAGES'] ?? join(tmpdir(), 'no-packages')

/** Why tests that need the package are left out, or null. */
export const missing = findLlama(packages).problem

/** A folder for model files and what loads them, closed and removed behind the tests of a file. */
export function ggufBench(options: Parameters<typeof openGguf>[1] = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'cadre-gguf-'))
  const gguf = openGguf(() => packages, options)
  afterAll(async () => {
    await gguf.close()
    rmSync(folder, { recursive: true })
  })
  return { folder, gguf }
}
