import { Email } from '@cadre/contract/access'
import { CadreError } from '@cadre/contract/errors'
import type { App } from '../../app.ts'
import { isUniqueViolation } from '../../storage/unique-violation.ts'
import { defaultWorkspace } from '../actor.ts'
import { anyUser, insertUser, selectUserByEmail, selectUserByOutside, updateUserRow, type UserRow } from '../users/users.store.ts'
import { putMembership, selectMemberships } from '../workspaces/workspaces.store.ts'

/** What an issuer says of someone; all but the first two may be anything. */
export type OutsideClaims = { issuer: string; subject: string; email?: unknown; email_verified?: unknown; name?: unknown }
type OutsideApp = Pick<App, 'db' | 'now' | 'newId' | 'config'> & { changed(): void }

/**
 * The user that an outside identity means. Known by issuer and subject; at the first time by an e-mail address that the issuer has verified,
 * if an admin made that user without a password; else made anew where `auth.default_role` says with what role. An address alone never
 * leads into an account with a password: who can make addresses at the issuer would own it.
 */
export async function outsideUser(app: OutsideApp, claims: OutsideClaims): Promise<{ user_id: string; workspace_id: string }> {
  const { issuer, subject } = claims
  const user = (await selectUserByOutside(app.db.read, issuer, subject)) ?? (await linked(app, claims)) ?? (await made(app, claims))
  if (user.disabled_at !== null) throw new CadreError('UNAUTHORIZED', 'This user is disabled.')
  const [first] = await selectMemberships(app.db.read, user.id)
  if (!first) throw new CadreError('FORBIDDEN', 'This user is in no workspace; an owner can add them to one.')
  return { user_id: user.id, workspace_id: first.id }
}

async function linked(app: OutsideApp, { issuer, subject, email, email_verified }: OutsideClaims): Promise<UserRow | null> {
  const address = Email.safeParse(email)
  if (email_verified !== true || !address.success) return null
  const user = await selectUserByEmail(app.db.read, address.data)
  if (!user || user.password !== null || user.external_subject !== null) return null
  await app.db.write((trx) => updateUserRow(trx, user.id, { external_issuer: issuer, external_subject: subject, updated_at: app.now() }))
  return selectUserByOutside(app.db.read, issuer, subject)
}

async function made(app: OutsideApp, { issuer, subject, email, email_verified, name }: OutsideClaims): Promise<UserRow> {
  const role = app.config.auth.default_role
  if (role === null || !(await anyUser(app.db.read)))
    throw new CadreError('UNAUTHORIZED', 'Nobody here is known by this identity; an admin can create the user, or set auth.default_role.')
  const address = Email.safeParse(email)
  const shown = typeof name === 'string' && name.trim() !== '' ? name.trim().slice(0, 200) : address.success ? address.data : subject
  const now = app.now()
  const user: UserRow = {
    id: app.newId('usr'),
    email: email_verified === true && address.success ? address.data : null,
    name: shown.slice(0, 200),
    password: null,
    external_issuer: issuer,
    external_subject: subject,
    disabled_at: null,
    credentials_at: now,
    created_at: now,
    updated_at: now,
  }
  try {
    await app.db.write(async (trx) => {
      await insertUser(trx, user)
      await putMembership(trx, { workspace_id: defaultWorkspace, user_id: user.id, role, created_at: now })
    })
  } catch (error) {
    const taken = isUniqueViolation(error)
    if (!taken) throw error
    // Another request of the same person was first; or somebody else has the address.
    const other = await selectUserByOutside(app.db.read, issuer, subject)
    if (other) return other
    throw new CadreError('FORBIDDEN', 'The e-mail address of this identity belongs to a user with a login here; an admin has to look at it.')
  }
  app.changed()
  return user
}
