import { type Context, extensionOf } from './file-bytes.ts'
import { kindOf } from './file-kind.ts'

export async function info({ path }: { path: string }, context: Context) {
  const file = await context.files.stat(path)
  const common = {
    path: file.path,
    name: file.path.slice(file.path.lastIndexOf('/') + 1),
    type: file.type,
    modified: new Date(file.modified).toISOString(),
  }
  if (file.type === 'folder') return { ...common, kind: 'folder', label: 'a folder', endpoint: '/list' }
  const { kind, label, endpoint, encoding } = await kindOf(context, file)
  return { ...common, size: file.size, extension: extensionOf(file.path), kind, label, endpoint, ...(encoding === undefined ? {} : { encoding }) }
}
