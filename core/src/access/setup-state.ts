import type { SetupState } from '@cadre/contract/credentials'
import type { App } from '../app.ts'

/** The door that begins a login elsewhere: server/src/oidc.ts. */
const outsideLogin = '/auth/oidc/start'

/** For whoever asks, also without a login: a page of ours must know which of its doors to show. */
export async function setupState({ access, config }: Pick<App, 'access' | 'config'>): Promise<SetupState> {
  return { needs_owner: (await access.mode()) === 'locked', outside_login: config.auth.oidc === null ? null : outsideLogin }
}
