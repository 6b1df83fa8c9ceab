import { createContext, useContext } from 'react'
import type { Client } from '../client.ts'

export const CadreContext = createContext<Client | null>(null)

/** The client that the nearest `CadreProvider` gives, for calls that have no hook. */
export function useClient(): Client {
  const client = useContext(CadreContext)
  if (!client) throw new Error('There is no <CadreProvider client={createClient({ url })}> above this component.')
  return client
}
