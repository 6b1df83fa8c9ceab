import type { Me } from '@cadre/contract/credentials'
import { CadreError } from '@cadre/contract/errors'
import type { Db } from '../storage/database.ts'
import type { Actor } from './actor.ts'
import { ownGrants, reaches } from './grants/grants.ts'
import { isAtLeast } from './identity.ts'
import { type Asking, authorize, type EndpointName, policies, type Policy } from './policies.ts'

const endpoints = Object.keys(policies) as EndpointName[]
const policyOf = (endpoint: EndpointName): Policy => policies[endpoint]

/** What the policies let somebody call: everywhere, and besides on the single agents that were granted. */
export async function permissionsOf(app: { db: Db }, actor: Asking & Pick<Actor, 'user_id'>): Promise<Me['permissions']> {
  const open = endpoints.filter((endpoint) => passes(actor, endpoint))
  const isFull = (endpoint: EndpointName) =>
    policyOf(endpoint).or === undefined || actor.kind === 'system' || isAtLeast(actor.role, policyOf(endpoint).least)
  const lent = open.filter((endpoint) => !isFull(endpoint))
  const on_agents: Me['permissions']['on_agents'] = {}
  const on_rooms: Me['permissions']['on_rooms'] = {}
  for (const grant of await ownGrants(app, actor)) {
    const { resource_type, resource_id, level } = grant
    if (resource_type !== 'agent') on_rooms[resource_id] = level
    else if (actor.agents === null || actor.agents.includes(resource_id)) {
      const calls = lent.filter((endpoint) => reaches(grant, policyOf(endpoint).or ?? 'edit'))
      if (calls.length > 0) on_agents[resource_id] = calls
    }
  }
  return { calls: open.filter(isFull), on_agents, on_rooms }
}

function passes(actor: Asking, endpoint: EndpointName): boolean {
  try {
    authorize(actor, endpoint)
    return true
  } catch (error) {
    if (error instanceof CadreError) return false
    throw error
  }
}
