import type { Me } from '@cadre/contract/credentials'
import { mayCall } from '../access/access-queries.ts'

export const sectionNames = [
  'account',
  'appearance',
  'people',
  'workspaces',
  'grants',
  'keys',
  'connections',
  'audit',
  'transfer',
  'server',
  'logs',
] as const
export type SectionName = (typeof sectionNames)[number]

/** What the caller has a use for here; the server says what it lets through. */
export function sectionsFor(me: Me): SectionName[] {
  const may: Record<SectionName, boolean> = {
    account: true,
    appearance: true,
    people: mayCall(me, 'users.list'),
    workspaces: mayCall(me, 'workspaces.members'),
    grants: mayCall(me, 'grants.list'),
    keys: true,
    connections: mayCall(me, 'connections.list'),
    audit: mayCall(me, 'audit.list'),
    transfer: mayCall(me, 'agents.create'),
    server: mayCall(me, 'server.settings'),
    logs: mayCall(me, 'logs.follow'),
  }
  return sectionNames.filter((name) => may[name])
}
