import type { HookFile } from '@cadre/contract/forgehook'
import { encodingOf, isBinary } from './decode.ts'
import { type Context, extensionOf } from './file-bytes.ts'

/** `endpoint`: what reads such a file; null where nothing here does. `label`: in words. */
export type Kind = { kind: string; label: string; endpoint: string | null; encoding?: string }

const START = 64_000

const kinds = {
  pdf: { kind: 'pdf', label: 'a PDF', endpoint: '/read_pdf' },
  xlsx: { kind: 'xlsx', label: 'a spreadsheet', endpoint: '/read_xlsx' },
  docx: { kind: 'docx', label: 'a Word document', endpoint: '/read_docx' },
  protected: { kind: 'protected', label: 'an Office file that is protected by a password', endpoint: null },
  doc: { kind: 'doc', label: 'a Word document of the old format (.doc)', endpoint: null },
} satisfies Record<string, Kind>

const other = (label: string): Kind => ({ kind: 'binary', label, endpoint: null })

/** Texts may begin with these letters as well: they count where the rest is no text. */
const marks: [at: number, letters: string, label: string][] = [
  [0, '\x89PNG', 'a picture (PNG)'],
  [0, '\xff\xd8\xff', 'a picture (JPEG)'],
  [0, 'GIF8', 'a picture (GIF)'],
  [8, 'WEBP', 'a picture (WebP)'],
  [8, 'WAVE', 'a sound'],
  [0, 'II*\0', 'a picture (TIFF)'],
  [0, 'MM\0*', 'a picture (TIFF)'],
  [0, 'BM', 'a picture (BMP)'],
  [0, '\x1f\x8b', 'a compressed file (gzip)'],
  [0, 'BZh', 'a compressed file (bzip2)'],
  [0, '\xfd7zXZ', 'a compressed file (xz)'],
  [0, '(\xb5/\xfd', 'a compressed file (zstd)'],
  [0, '7z\xbc\xaf', 'an archive (7z)'],
  [0, 'Rar!', 'an archive (RAR)'],
  [257, 'ustar', 'an archive (tar)'],
  [0, '\x7fELF', 'a program'],
  [0, 'MZ', 'a program'],
  [0, 'SQLite format 3\0', 'a SQLite database (database-query reads it)'],
  [0, 'PAR1', 'a Parquet file (database-query reads it)'],
  [0, 'ID3', 'a sound (MP3)'],
  [0, 'OggS', 'a sound (Ogg)'],
  [4, 'ftyp', 'a film or sound (MP4)'],
]

/** What a file is, by its content first and by its name where the content does not tell. */
export async function kindOf(context: Context, file: HookFile): Promise<Kind & { start: Uint8Array }> {
  const start = await context.files.read(file.path, { offset: 0, max_bytes: START })
  const end =
    file.size > START ? await context.files.read(file.path, { offset: Math.max(START, file.size - START), max_bytes: START }) : new Uint8Array()
  return { ...kindBy(start, end, file), start }
}

const latin = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

function kindBy(start: Uint8Array, end: Uint8Array, file: HookFile): Kind {
  const head = latin(start)
  const ext = extensionOf(file.path)
  if (/^(?:\xef\xbb\xbf)?\s{0,20}%PDF-\d/.test(head) || (ext === 'pdf' && head.slice(0, 1_024).includes('%PDF-'))) return kinds.pdf
  if (head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06')) return zipKind(head + latin(end), ext)
  if (head.startsWith('\xd0\xcf\x11\xe0')) return oleKind(head + latin(end), ext)
  const encoding = encodingOf(start, file.size <= start.length)
  if (!isBinary(start, encoding)) return { ...textKind(ext), encoding: encoding.name }
  const mark = marks.find(([at, letters]) => head.startsWith(letters, at))
  return other(mark?.[2] ?? 'no text')
}

function zipKind(names: string, ext: string): Kind {
  if (/xl\/workbook\.(xml|bin)/.test(names) || names.includes('opendocument.spreadsheet')) return kinds.xlsx
  if (names.includes('word/document')) return kinds.docx
  if (names.includes('ppt/presentation')) return other('a presentation')
  if (names.includes('opendocument')) return other('an OpenDocument file')
  if (/^(xlsx|xlsm|xlsb|ods)$/.test(ext)) return kinds.xlsx
  return ext === 'docx' || ext === 'docm' ? kinds.docx : other('an archive (zip)')
}

/** The names of the parts are in UTF-16. */
function oleKind(names: string, ext: string): Kind {
  const has = (name: string) => names.includes([...name].join('\0'))
  if (has('EncryptedPackage')) return kinds.protected
  if (has('Workbook') || has('Book')) return kinds.xlsx
  if (has('WordDocument')) return kinds.doc
  return ext === 'xls' ? kinds.xlsx : ext === 'doc' ? kinds.doc : other('an old Office file')
}

function textKind(ext: string): Kind {
  if (/^(csv|tsv|tab)$/.test(ext)) return { kind: 'csv', label: 'a table as text', endpoint: '/read_csv' }
  if (/^(json|ndjson|jsonl|geojson|yaml|yml)$/.test(ext)) return { kind: 'json', label: 'structured text', endpoint: '/read_json' }
  return { kind: 'text', label: 'a text', endpoint: '/read_text' }
}
