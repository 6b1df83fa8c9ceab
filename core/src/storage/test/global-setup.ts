import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type Cluster, startCluster } from './cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where databases.ts asks for an empty Postgres database. */
    postgresBroker: string
  }
}

/** One Postgres for the whole run, started when the first test asks. When that fails, every test that asked fails with the reason. */
export async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'cadre-broker-'))
  const address = platform() === 'win32' ? `\\\\.\\pipe\\cadre-broker-${process.pid}` : join(folder, 'socket')
  let cluster: Promise<Cluster> | undefined
  const broker = createServer((socket) => {
    cluster ??= startCluster()
    cluster.then(
      ({ url }) => socket.end(JSON.stringify({ url: url('postgres') })),
      (error: Error) => socket.end(JSON.stringify({ error: error.message })),
    )
  })
  await new Promise<void>((resolve, reject) => broker.once('error', reject).listen(address, resolve))
  project.provide('postgresBroker', address)

  return async () => {
    broker.close()
    rmSync(folder, { recursive: true, force: true })
    const started = await cluster?.catch(() => undefined) // its tests have failed with the reason
    await started?.stop()
  }
}
