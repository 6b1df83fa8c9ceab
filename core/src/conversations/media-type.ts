const starts: [type: string, bytes: number[], at?: number][] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', [0x57, 0x45, 0x42, 0x50], 8],
  ['image/bmp', [0x42, 0x4d]],
  ['image/avif', [0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69, 0x66], 4],
  ['application/pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['application/zip', [0x50, 0x4b, 0x03, 0x04]],
  ['application/gzip', [0x1f, 0x8b]],
  ['audio/wav', [0x57, 0x41, 0x56, 0x45], 8],
  ['audio/ogg', [0x4f, 0x67, 0x67, 0x53]],
  ['audio/flac', [0x66, 0x4c, 0x61, 0x43]],
  ['audio/mpeg', [0x49, 0x44, 0x33]],
  ['audio/mpeg', [0xff, 0xfb]],
  ['video/mp4', [0x66, 0x74, 0x79, 0x70], 4],
  ['video/webm', [0x1a, 0x45, 0xdf, 0xa3]],
]
const office: [type: string, entry: string][] = [
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'word/'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xl/'],
  ['application/vnd.openxmlformats-officedocument.presentationml.presentation', 'ppt/'],
]

/**
 * What bytes are, by what stands in them, whatever their name says. All text is `text/plain`: a page or a drawing with a script in it is
 * text to whoever downloads it.
 */
export function mediaTypeOf(bytes: Uint8Array): string {
  const found = starts.find(([, mark, at = 0]) => mark.every((byte, i) => bytes[at + i] === byte))
  if (found?.[0] === 'application/zip') return officeType(bytes) ?? found[0]
  if (found) return found[0]
  return isText(bytes) ? 'text/plain; charset=utf-8' : 'application/octet-stream'
}

function officeType(bytes: Uint8Array): string | undefined {
  const names = Buffer.from(bytes.subarray(0, 100_000)).toString('latin1')
  return office.find(([, entry]) => names.includes(entry))?.[0]
}

function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
