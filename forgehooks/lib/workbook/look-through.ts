import type * as Library from '@e965/xlsx'
import type { Zip } from './zip.ts'

const BY_NUMBER = /&#(?:x0*([1-9a-f][0-9a-f]{4,5})|0*([1-9]\d{4,6}));/gi
const WIDE = 0x10000
type Container = { FullPaths: string[]; FileIndex: { content: Uint8Array; size: number }[] }

/** What has to be known before the reader is asked: dates that are written as such and not as numbers, and parts to put in place of theirs. */
export type Findings = { isDated: boolean; changed: Map<string, Uint8Array> }

/**
 * Looks through all parts once. Wide characters that are written by their number (openpyxl writes an emoji as &#128512;) are put in as
 * they are: the reader would keep 16 bits of them, which is another character.
 */
export async function lookThrough(zip: Zip): Promise<Findings> {
  const changed = new Map<string, Uint8Array>()
  let isDated = false
  for (const [name, part] of zip) {
    if (!/\.xml$/i.test(name)) continue
    const bytes = await part()
    const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (name === 'content.xml') isDated ||= source.includes('value-type="date"')
    else if (/^xl\/worksheets\/[^/]+$/.test(name)) isDated ||= source.includes(' t="d"')
    if (!source.includes('&#')) continue
    // Byte by byte, so that all the rest stays as it is.
    const text = source.toString('latin1')
    const mended = text.replace(BY_NUMBER, (written, hex?: string, digits?: string) => {
      const code = hex === undefined ? Number(digits) : parseInt(hex, 16)
      return code >= WIDE && code <= 0x10ffff ? Buffer.from(String.fromCodePoint(code)).toString('latin1') : written
    })
    if (mended !== text) changed.set(name, Buffer.from(mended, 'latin1'))
  }
  return { isDated, changed }
}

/** The zip file with other parts. */
export function withParts(bytes: Uint8Array, changed: Map<string, Uint8Array>, { CFB }: typeof Library): Uint8Array {
  if (changed.size === 0) return bytes
  const container: Container = CFB.read(Buffer.from(bytes), { type: 'buffer' })
  for (const [at, path] of container.FullPaths.entries()) {
    // Each path has the name of the container before it.
    const part = changed.get(path.slice(path.indexOf('/') + 1))
    const entry = container.FileIndex[at]
    if (part && entry) Object.assign(entry, { content: part, size: part.length })
  }
  return CFB.write(container, { type: 'buffer', fileType: 'zip' })
}
