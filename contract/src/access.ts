import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Instant, PageQuery, pageOf } from './page.ts'

/** From the strongest to the weakest; docs/user/access.md says what each may. */
export const Role = z.enum(['owner', 'admin', 'builder', 'member', 'viewer'])
export type Role = z.infer<typeof Role>

/** What an API key may at most, beside the role it has. */
export const Scope = z.enum([
  'agents:read',
  'agents:write',
  'runs:read',
  'runs:write',
  'tools:read',
  'tools:write',
  'providers:read',
  'providers:write',
  'conversations:read',
  'conversations:write',
  'usage:read',
  'access:read',
  'access:write',
  'audit:read',
  'approvals:write',
])
export type Scope = z.infer<typeof Scope>

export const Email = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address')
  .transform((text) => text.toLowerCase())
export const Password = z.string().min(10, 'must have at least 10 characters').max(1_000)
const personName = z.string().trim().min(1).max(200)
const id = z.string().min(1).max(100)

export const CreateUser = z.strictObject({
  email: Email,
  name: personName,
  /** Null for who logs in at an outside issuer only. */
  password: Password.nullable().default(null),
  /** In the workspace of the caller. The first user of a server is an owner. */
  role: Role,
})
export type CreateUser = z.infer<typeof CreateUser>
export const UpdateUser = z.strictObject({ email: Email, name: personName }).partial()
export type UpdateUser = z.infer<typeof UpdateUser>

export const User = z.object({
  id: z.string(),
  email: z.string().nullable(),
  name: z.string(),
  /** In the workspace of the caller; null where they are no member of it. */
  role: Role.nullable(),
  disabled: z.boolean(),
  has_password: z.boolean(),
  /** Where they come from when they log in from outside. */
  external_issuer: z.string().nullable(),
  created_at: Instant,
  updated_at: Instant,
})
export type User = z.infer<typeof User>
const UserRef = z.strictObject({ id })

export const PasswordReset = z.object({
  user_id: z.string(),
  /** It is in this answer and nowhere else, and good once. */
  token: z.string(),
  expires_at: Instant,
})
export type PasswordReset = z.infer<typeof PasswordReset>

export const users = {
  list: oc.route({ method: 'GET', path: '/users', summary: 'List the users of the workspace' }).input(PageQuery).output(pageOf(User)),
  create: oc.route({ method: 'POST', path: '/users', summary: 'Create a user', successStatus: 201 }).input(CreateUser).output(User),
  get: oc.route({ method: 'GET', path: '/users/{id}', summary: 'Read a user' }).input(UserRef).output(User),
  update: oc
    .route({ method: 'PUT', path: '/users/{id}', summary: 'Change name or e-mail address of a user' })
    .input(UserRef.extend(UpdateUser.shape))
    .output(User),
  setPassword: oc
    .route({ method: 'PUT', path: '/users/{id}/password', summary: 'Set a password; sessions and tokens of the user end' })
    .input(
      UserRef.extend({
        password: Password,
        /** Needed for one's own, where there is one. */
        current_password: z.string().max(1_000).optional(),
      }),
    )
    .output(User),
  beginReset: oc
    .route({
      method: 'POST',
      path: '/users/{id}/password-reset',
      summary: 'A token of one use, good for a day, by which a user sets a new password; nothing changes until then',
      successStatus: 201,
    })
    .input(UserRef)
    .output(PasswordReset),
  finishReset: oc
    .route({ method: 'POST', path: '/password-resets', summary: 'Set a new password with such a token; sessions and tokens of the user end' })
    .input(z.strictObject({ token: z.string().min(1).max(200), password: Password }))
    .output(z.object({ user_id: z.string(), changed: z.literal(true) })),
  disable: oc
    .route({ method: 'POST', path: '/users/{id}/disable', summary: 'Disable a user: sessions, keys and tokens stop at once' })
    .input(UserRef)
    .output(User),
  enable: oc.route({ method: 'POST', path: '/users/{id}/enable', summary: 'Enable a disabled user' }).input(UserRef).output(User),
  export: oc
    .route({ method: 'GET', path: '/users/{id}/export', summary: 'Everything that is kept of a user: a file with a row of JSON on each line' })
    .input(UserRef)
    .output(z.file()),
  erase: oc
    .route({
      method: 'POST',
      path: '/users/{id}/erase',
      summary: 'Take a user out for good: name, messages, what their runs were asked and answered',
    })
    .input(UserRef)
    .output(z.object({ id: z.string(), erased: z.literal(true) })),
  delete: oc
    .route({ method: 'DELETE', path: '/users/{id}', summary: 'Delete a user with sessions, keys, memberships and grants' })
    .input(UserRef)
    .output(z.object({ id: z.string(), deleted: z.literal(true) })),
}

export const Person = z.object({ id: z.string(), name: z.string() })
export type Person = z.infer<typeof Person>
/** `q`: a part of the name. */
export const ListPeople = PageQuery.extend({ q: z.string().trim().max(200).optional() })
export type ListPeople = z.infer<typeof ListPeople>

export const people = {
  list: oc
    .route({ method: 'GET', path: '/people', summary: 'List whom of the workspace one can write to: all who are not disabled' })
    .input(ListPeople)
    .output(pageOf(Person)),
}

export const Workspace = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  /** The caller's own; null where they see it without being a member. */
  role: Role.nullable(),
  created_at: Instant,
})
export type Workspace = z.infer<typeof Workspace>
export const Member = z.object({ user_id: z.string(), email: z.string().nullable(), name: z.string(), role: Role, created_at: Instant })
export type Member = z.infer<typeof Member>
const WorkspaceRef = z.strictObject({ id })
const MemberRef = z.strictObject({ id, userId: id })
const workspaceName = z.strictObject({ name: z.string().trim().min(1).max(100) })

export const workspaces = {
  list: oc
    .route({ method: 'GET', path: '/workspaces', summary: "List the caller's workspaces; for those who run the server, all" })
    .output(z.object({ items: z.array(Workspace), next_cursor: z.null() })),
  create: oc
    .route({ method: 'POST', path: '/workspaces', summary: 'Create a workspace; the caller becomes its owner', successStatus: 201 })
    .input(workspaceName)
    .output(Workspace),
  rename: oc
    .route({ method: 'PUT', path: '/workspaces/{id}', summary: 'Rename a workspace' })
    .input(WorkspaceRef.extend(workspaceName.shape))
    .output(Workspace),
  members: oc
    .route({ method: 'GET', path: '/workspaces/{id}/members', summary: 'List who is in a workspace' })
    .input(WorkspaceRef)
    .output(z.object({ items: z.array(Member), next_cursor: z.null() })),
  putMember: oc
    .route({ method: 'PUT', path: '/workspaces/{id}/members/{userId}', summary: 'Add a user to a workspace, or change the role there' })
    .input(MemberRef.extend({ role: Role }))
    .output(Member),
  removeMember: oc
    .route({ method: 'DELETE', path: '/workspaces/{id}/members/{userId}', summary: 'Remove a user from a workspace' })
    .input(MemberRef)
    .output(z.object({ user_id: z.string(), deleted: z.literal(true) })),
}

const grantRef = { resource_type: z.enum(['agent', 'conversation', 'project']), resource_id: id, user_id: id }
export const GrantLevel = z.enum(['view', 'run', 'edit'])
export const Grant = z.object({ ...grantRef, level: GrantLevel, created_by: z.string(), created_at: Instant })
export type Grant = z.infer<typeof Grant>
export type GrantRef = Pick<Grant, 'resource_type' | 'resource_id' | 'user_id'>

const grantPath = '/grants/{resource_type}/{resource_id}/{user_id}'
export const grants = {
  list: oc
    .route({ method: 'GET', path: '/grants', summary: 'List what single users may on single agents, conversations and projects' })
    .input(z.strictObject(grantRef).partial())
    .output(z.object({ items: z.array(Grant), next_cursor: z.null() })),
  put: oc
    .route({ method: 'PUT', path: grantPath, summary: 'Grant a user more than the role gives, on one thing' })
    .input(z.strictObject({ ...grantRef, level: GrantLevel }))
    .output(Grant),
  remove: oc
    .route({ method: 'DELETE', path: grantPath, summary: 'Take a grant back' })
    .input(z.strictObject(grantRef))
    .output(z.object({ ...grantRef, deleted: z.literal(true) })),
}
