import { Share2 } from 'lucide-react'
import { useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy-button.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.ts'
import { asCurl, asFetch, asN8n, type RunRequest } from './copy-as.ts'

/** The same run as a call for others. */
export function CopyAsMenu({ request }: { request: () => RunRequest }) {
  const texts = useTexts()
  const copyAs = async (what: string, text: string) => {
    if (await copyText(text)) toast(texts.runForm.copiedAs(what))
    else toast(texts.common.copyFailed, { tone: 'danger' })
  }
  return (
    <Menu
      trigger={
        <Button look="ghost">
          <Share2 aria-hidden />
          {texts.runForm.copyAs}
        </Button>
      }
    >
      <MenuItem onSelect={() => void copyAs(texts.runForm.asCurl, asCurl(request()))}>{texts.runForm.asCurl}</MenuItem>
      <MenuItem onSelect={() => void copyAs(texts.runForm.asFetch, asFetch(request()))}>{texts.runForm.asFetch}</MenuItem>
      <MenuItem onSelect={() => void copyAs(texts.runForm.asN8n, asN8n(request()))}>{texts.runForm.asN8n}</MenuItem>
    </Menu>
  )
}
