import { useQuery } from '@tanstack/react-query'
import { useTexts } from '../../i18n/texts.ts'
import { mayCall, meQuery } from './access-queries.ts'
import { keysQuery, usersQuery } from './people-queries.ts'

/** A user or key by name, as far as the one who looks may know it; else by id. */
export function Who({ id }: { id: string }) {
  const { access } = useTexts()
  const { data: me } = useQuery(meQuery)
  const { data: users } = useQuery({ ...usersQuery, enabled: id.startsWith('usr_') && mayCall(me, 'users.list') })
  const { data: keys } = useQuery({ ...keysQuery, enabled: id.startsWith('key_') })
  if (id === 'local' || id === 'owner') return access.localOwner
  if (id === 'public' || id === 'system') return access.actors[id]
  if (id === me?.user?.id) return me.user.name
  const user = users?.find((each) => each.id === id)
  const key = keys?.find((each) => each.id === id)
  return user?.name ?? (key ? access.keyNamed(key.name) : <code className="break-all font-mono text-xs">{id}</code>)
}
