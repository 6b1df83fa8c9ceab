import type { User } from '@cadre/contract/access'
import { useQuery } from '@tanstack/react-query'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { client } from '../../lib/api.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { toast } from '../../ui/toast.ts'
import { meQuery } from '../access/access-queries.ts'
import { peopleChanged } from '../access/people-queries.ts'

/** Four ways to be rid of somebody, from the mildest: each says what goes and what stays. */
export function RemovePerson({ how, user, onClose }: { how: 'disable' | 'leave' | 'delete' | 'erase'; user: User; onClose: () => void }) {
  const texts = useSettingsTexts()
  const { data: me } = useQuery(meQuery)
  const { id, name } = user
  const ways = {
    disable: { ...texts.removal.disable, call: () => client.users.disable({ id }), word: undefined },
    leave: {
      ...texts.removal.leave,
      call: () => client.workspaces.removeMember({ id: me?.workspace.id ?? '', userId: id }),
      word: undefined,
    },
    delete: { ...texts.removal.delete, call: () => client.users.delete({ id }), word: undefined },
    erase: { ...texts.removal.erase, call: () => client.users.erase({ id }), word: user.email ?? name },
  }
  const { title, text, action, done, call, word } = ways[how]
  return (
    <ConfirmDialog
      title={title(name)}
      text={text}
      action={action}
      {...(word === undefined ? {} : { word })}
      onConfirm={async () => {
        await call()
        toast(done(name))
        await peopleChanged()
      }}
      onClose={onClose}
    />
  )
}
