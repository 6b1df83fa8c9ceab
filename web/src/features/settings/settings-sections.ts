import type { Me } from '@cadre/contract/credentials'
import { isAtLeast } from '../access/access-queries.ts'

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

/** What somebody with this role here has a use for; the server decides what is let through. */
export function sectionsFor(me: Me): SectionName[] {
  const may: Record<SectionName, boolean> = {
    account: true,
    appearance: true,
    people: isAtLeast(me, 'admin'),
    workspaces: isAtLeast(me, 'admin'),
    grants: isAtLeast(me, 'admin'),
    keys: true,
    connections: isAtLeast(me, 'builder'),
    audit: isAtLeast(me, 'admin'),
    transfer: isAtLeast(me, 'builder'),
    server: isAtLeast(me, 'admin') && me.workspace.id === 'default',
    logs: isAtLeast(me, 'admin') && me.workspace.id === 'default',
  }
  return sectionNames.filter((name) => may[name])
}
