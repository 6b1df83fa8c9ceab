import type { Plugin } from '@cadre/contract/plugins'
import { Database, FolderOpen, Globe, KeyRound, Save } from 'lucide-react'
import { useTexts } from '../../i18n/texts.ts'
import { Badge } from '../../ui/parts.tsx'

const kinds = [
  ['network', Globe],
  ['files', FolderOpen],
  ['secrets', KeyRound],
  ['databases', Database],
] as const

/** What a plugin may reach outside itself, a mark each; what exactly stands in the tooltip. */
export function Reach({ plugin: { permissions } }: { plugin: Plugin }) {
  const texts = useTexts()
  return (
    <>
      {kinds.map(
        ([kind, Icon]) =>
          permissions[kind].length > 0 && (
            <Badge key={kind} tone="warning" title={permissions[kind].join(', ')}>
              <Icon aria-hidden />
              {texts.tools.permission[kind]}
            </Badge>
          ),
      )}
      {permissions.store && (
        <Badge>
          <Save aria-hidden />
          {texts.tools.permission.store}
        </Badge>
      )}
    </>
  )
}
