import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { localOwner } from '../../access/actor.ts'
import type { Config } from '../../config.ts'
import type { Db } from '../../storage/database.ts'
import { openUsage, type Usage } from '../../usage/open-usage.ts'
import { openProviders, type Providers } from '../providers.ts'
import { type Dialect, type Script, startWire } from './wire.ts'

export const owner = localOwner()
export type Settings = Partial<Pick<Config, 'providers' | 'provider_limits' | 'env' | 'key' | 'prices'>>

/** Providers on an empty database for each test, and doubles that are closed behind it. */
export function providersBench(empty: () => Promise<Db>) {
  const open: (() => Promise<void>)[] = []
  let db: Db
  let folder: string
  beforeEach(async () => {
    db = await empty()
    folder = mkdtempSync(join(tmpdir(), 'cadre-providers-'))
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((close) => close()))
    await db.close()
    rmSync(folder, { recursive: true })
  })
  return {
    closeLater: (close: () => Promise<void>) => void open.push(close),
    app(settings: Settings = {}) {
      // Only what providers read of the settings.
      const config = {
        data_dir: folder,
        key: null,
        key_file: join(folder, 'cadre.key'),
        providers: [],
        provider_limits: {},
        env: {},
        prices: [],
        ...settings,
      } as Partial<Config> as Config
      const access = { secretUsed: () => {} } // it is the audit log's, which has tests of its own
      const app = {
        db,
        config,
        access,
        now: () => 1_700_000_000_000,
        providers: undefined as unknown as Providers,
        usage: undefined as unknown as Usage,
      }
      app.providers = openProviders(app)
      app.usage = openUsage(app)
      open.push(() => app.providers.close())
      return app
    },
    async wire(dialect: Dialect, script: Script = () => ({ text: 'hello there' })) {
      const wire = await startWire(dialect, script)
      open.push(() => wire.close())
      return wire
    },
  }
}

/** What is asked in the end: `provider/model`. */
export async function namesOf(app: { providers: Providers }, provider: string, model: string): Promise<string> {
  const resolved = await app.providers.resolveModel('default', provider, model)
  return `${resolved.provider}/${resolved.model}`
}
