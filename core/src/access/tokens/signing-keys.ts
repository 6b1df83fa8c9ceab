import type { CryptoKey, JWK } from 'jose'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import { type Actor, defaultWorkspace, systemActor } from '../actor.ts'
import { newId } from '../../storage/ids.ts'
import { fromJson, toJson } from '../../storage/json.ts'
import { seal, unseal } from '../secrets.ts'
import { insertSigningKey, retireSigningKeys, type SigningKeyRow, selectSigningKeys } from './signing-keys.store.ts'

/** Takes 40 ms, which a start without tokens does not pay. */
export const loadJose = () => import('jose')

export const algorithm = 'ES256'
/** How long a token is good. A key that was rotated out is shown and taken for as long. */
export const tokenMs = 15 * 60_000
/** Other processes rotate too: a key that is not known here is looked for, but not more often than this. */
const lookAgainMs = 1_000

type KeysApp = Pick<App, 'db' | 'config' | 'now'>
type Loaded = { row: SigningKeyRow; verify: CryptoKey }
const boundTo = (id: string) => `signing_keys:${id}` as const

export class SigningKeys {
  readonly #app: KeysApp
  #loaded = new Map<string, Loaded>()
  #loadedAt = -Infinity

  constructor(app: KeysApp) {
    this.#app = app
  }

  /** The public half of a key that is good still. */
  async find(id: string): Promise<CryptoKey | null> {
    if (!this.#loaded.has(id) && this.#app.now() - this.#loadedAt >= lookAgainMs) await this.#load()
    const found = this.#loaded.get(id)
    return found && this.#isGood(found.row) ? found.verify : null
  }

  /** The key to sign with; the first need makes one. */
  async current(): Promise<{ id: string; key: CryptoKey }> {
    await this.#load()
    const row = [...this.#loaded.values()].find((each) => each.row.retired_at === null)?.row ?? (await this.rotate(systemActor))
    const { importJWK } = await loadJose()
    const jwk = fromJson(unseal(this.#app.config, row.private_key, boundTo(row.id), defaultWorkspace)) as JWK
    return { id: row.id, key: (await importJWK(jwk, algorithm)) as CryptoKey }
  }

  async rotate(actor: Actor): Promise<SigningKeyRow> {
    const id = newId('sgk')
    const { exportJWK, generateKeyPair } = await loadJose()
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
    const row: SigningKeyRow = {
      id,
      algorithm,
      public_key: toJson(await exportJWK(publicKey)),
      private_key: seal(this.#app.config, toJson(await exportJWK(privateKey)), boundTo(id), defaultWorkspace),
      created_at: this.#app.now(),
      retired_at: null,
    }
    await this.#app.db.write(async (trx) => {
      await retireSigningKeys(trx, row.created_at)
      await insertSigningKey(trx, row)
      await audit(trx, this.#app, actor, { action: 'signingKeys.rotate', target_type: 'signing_key', target_id: id })
    })
    await this.#load()
    return row
  }

  async jwks(): Promise<{ keys: JWK[] }> {
    await this.#load()
    const rows = [...this.#loaded.values()].map(({ row }) => row).filter((row) => this.#isGood(row))
    return { keys: rows.map((row) => ({ ...(fromJson(row.public_key) as JWK), kid: row.id, alg: row.algorithm, use: 'sig' })) }
  }

  #isGood({ retired_at }: SigningKeyRow) {
    return retired_at === null || retired_at + tokenMs > this.#app.now()
  }

  async #load() {
    this.#loadedAt = this.#app.now()
    const { importJWK } = await loadJose()
    const loaded = new Map<string, Loaded>()
    for (const row of await selectSigningKeys(this.#app.db.read)) {
      if (!this.#isGood(row)) continue
      const known = this.#loaded.get(row.id)?.verify
      loaded.set(row.id, { row, verify: known ?? ((await importJWK(fromJson(row.public_key) as JWK, row.algorithm)) as CryptoKey) })
    }
    this.#loaded = loaded
  }
}
