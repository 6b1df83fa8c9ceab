import type { CreateUser, Grant, GrantRef, ListPeople, Role, UpdateUser } from '@cadre/contract/access'
import type { CreateKey, Login } from '@cadre/contract/credentials'
import type { PageQuery } from '@cadre/contract/page'
import type { z } from 'zod'
import type { Actor } from './access/actor.ts'
import { listGrants, putGrant, removeGrant } from './access/grants/grants.ts'
import { type Credential, noCredential } from './access/identity.ts'
import { createKey, listKeys, revokeKey } from './access/keys/keys.ts'
import { eraseUser } from './access/personal-data/erase-user.ts'
import { exportUserFile } from './access/personal-data/export-file.ts'
import { setupState } from './access/setup-state.ts'
import { showMe } from './access/sessions/me.ts'
import { listSessions, login, logout, revokeAllSessions, revokeSession, type SetSession, switchWorkspace } from './access/sessions/sessions.ts'
import { createToken, listSigningKeys, rotateSigningKeys } from './access/tokens/tokens.ts'
import { createUser } from './access/users/create-user.ts'
import { deleteUser, disableUser, enableUser } from './access/users/disable-user.ts'
import { setUpOwner } from './access/users/first-owner.ts'
import { getUser } from './access/users/get-user.ts'
import { listPeople } from './access/users/list-people.ts'
import { listUsers } from './access/users/list-users.ts'
import { beginReset, finishReset } from './access/users/reset-password.ts'
import { setPassword } from './access/users/set-password.ts'
import { updateUser } from './access/users/update-user.ts'
import { listMembers, putMember, removeMember } from './access/workspaces/members.ts'
import { createWorkspace, listWorkspaces, renameWorkspace } from './access/workspaces/workspaces.ts'
import type { App } from './app.ts'
import { personalConversations } from './conversations/personal-part.ts'

type Paging = z.infer<typeof PageQuery>
/** How the caller came in, and what the door does about the cookie. */
export type LoginExtra = { credential?: Credential | undefined; setSession?: SetSession | undefined }

/** The endpoints of people, workspaces, keys and tokens; see api.ts. */
export function accessApi(app: App) {
  return {
    setup: {
      state: (_actor: Actor) => setupState(app),
      owner: (actor: Actor, input: Parameters<typeof setUpOwner>[2]) => setUpOwner(app, actor, input),
    },
    sessions: {
      login: (actor: Actor, input: Login, extra: LoginExtra) => login(app, actor, input, cameBy(extra), setter(extra)),
      me: (actor: Actor) => showMe(app, actor),
      logout: (_actor: Actor, _input: unknown, extra: LoginExtra) => logout(app, cameBy(extra), setter(extra)),
      switch: (actor: Actor, input: { workspace: string }, extra: LoginExtra) => switchWorkspace(app, actor, input.workspace, cameBy(extra)),
      list: (actor: Actor, _input: unknown, extra: LoginExtra) => listSessions(app, actor, cameBy(extra)),
      revoke: (actor: Actor, input: { id: string }) => revokeSession(app, actor, input.id),
      revokeAll: (actor: Actor, _input: unknown, extra: LoginExtra) => revokeAllSessions(app, actor, setter(extra)),
    },
    users: {
      list: (actor: Actor, input: Paging) => listUsers(app, actor, input),
      create: (actor: Actor, input: CreateUser) => createUser(app, actor, input),
      get: (actor: Actor, input: { id: string }) => getUser(app, actor, input.id),
      update: (actor: Actor, { id, ...change }: { id: string } & UpdateUser) => updateUser(app, actor, id, change),
      setPassword: (actor: Actor, input: Parameters<typeof setPassword>[2], extra: LoginExtra) => setPassword(app, actor, input, cameBy(extra)),
      beginReset: (actor: Actor, input: { id: string }) => beginReset(app, actor, input.id),
      finishReset: (actor: Actor, input: Parameters<typeof finishReset>[2]) => finishReset(app, actor, input),
      disable: (actor: Actor, input: { id: string }) => disableUser(app, actor, input.id),
      enable: (actor: Actor, input: { id: string }) => enableUser(app, actor, input.id),
      delete: (actor: Actor, input: { id: string }) => deleteUser(app, actor, input.id),
      export: (actor: Actor, input: { id: string }) => exportUserFile(app, actor, input.id, [personalConversations(app)]),
      erase: (actor: Actor, input: { id: string }) => eraseUser(app, actor, input.id, [personalConversations(app)]),
    },
    people: {
      list: (actor: Actor, input: ListPeople) => listPeople(app, actor, input),
    },
    workspaces: {
      list: (actor: Actor) => listWorkspaces(app, actor),
      create: (actor: Actor, input: { name: string }) => createWorkspace(app, actor, input.name),
      rename: (actor: Actor, input: { id: string; name: string }) => renameWorkspace(app, actor, input.id, input.name),
      members: (actor: Actor, input: { id: string }) => listMembers(app, actor, input.id),
      putMember: (actor: Actor, input: { id: string; userId: string; role: Role }) => putMember(app, actor, input),
      removeMember: (actor: Actor, input: { id: string; userId: string }) => removeMember(app, actor, input),
    },
    keys: {
      list: (actor: Actor) => listKeys(app, actor),
      create: (actor: Actor, input: CreateKey, extra: LoginExtra) => createKey(app, actor, input, cameBy(extra)),
      revoke: (actor: Actor, input: { id: string }) => revokeKey(app, actor, input.id),
    },
    grants: {
      list: (actor: Actor, input: Partial<GrantRef>) => listGrants(app, actor, input),
      put: (actor: Actor, input: GrantRef & Pick<Grant, 'level'>) => putGrant(app, actor, input),
      remove: (actor: Actor, input: GrantRef) => removeGrant(app, actor, input),
    },
    tokens: {
      create: (actor: Actor, _input: unknown, extra: LoginExtra) => createToken(app, actor, cameBy(extra)),
    },
    signingKeys: {
      list: (_actor: Actor) => listSigningKeys(app),
      rotate: (actor: Actor) => rotateSigningKeys(app, actor),
    },
  }
}

const cameBy = ({ credential = noCredential }: LoginExtra = {}) => credential
const setter = ({ setSession = () => {} }: LoginExtra = {}) => setSession
