import type { User } from '@cadre/contract/access'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { client } from '../../lib/api.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ShownOnceDialog } from './shown-once-dialog.tsx'

/** A link by which somebody sets their own new password. The token stands behind #, which no server or log is sent. */
export function ResetLinkDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const texts = useSettingsTexts()
  const [link, setLink] = useState('')
  const [isMade, setMade] = useState(false)
  if (isMade) {
    return <ShownOnceDialog title={texts.resetTitle(user.name)} text={texts.resetMade} value={link} done={texts.linkKept} onClose={onClose} />
  }
  return (
    <ConfirmDialog
      title={texts.resetTitle(user.name)}
      text={texts.resetText}
      action={texts.resetMake}
      danger={false}
      onConfirm={async () => {
        const { token } = await client.users.beginReset({ id: user.id })
        setLink(`${location.origin}/reset#${token}`)
      }}
      onDone={() => setMade(true)}
      onClose={onClose}
    />
  )
}
