import { HookError } from '@cadre/contract/forgehook'
import { completeOpenDocument } from './open-document.ts'
import type { Workbook } from './sheet-cells.ts'
import { lookThrough, withParts } from './look-through.ts'
import { workbookLibrary } from './workbook-library.ts'
import { openZip, type Subject } from './zip.ts'

const kinds = ['xl/workbook.xml', 'xl/workbook.bin', 'content.xml']

/** A workbook of Excel (xlsx, xlsb, xls) or OpenDocument, from its bytes alone. Throws HookError for what is none, broken or locked. */
export async function openWorkbook(bytes: Uint8Array, subject: Subject): Promise<Workbook> {
  const { what, field } = subject
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b
  const zip = isZip ? await openZip(bytes, subject) : undefined
  if (zip && !kinds.some((name) => zip.has(name))) throw new HookError(`${what} is a zip file, but no Excel workbook`, field)
  const library = await workbookLibrary()
  const { read, SSF } = library
  // Stubs: a formula without a result is a cell that is there.
  const options = { type: 'array', dense: true, cellNF: true, cellHTML: false, cellText: false, sheetStubs: true } as const
  try {
    const found = zip ? await lookThrough(zip) : undefined
    const source = found ? withParts(bytes, found.changed, library) : bytes
    const content = Buffer.from((await zip?.get('content.xml')?.()) ?? []).toString()
    const load = (more = {}) => {
      const book = read(source, { ...options, ...more })
      return content === '' ? book : completeOpenDocument(book, content)
    }
    const book = load()
    if (book.SheetNames.length === 0) throw new Error('it has no sheets')
    const lost = book.SheetNames.find((name) => !book.Sheets[name])
    if (lost !== undefined) throw new Error(`its sheet "${lost}" is missing`)
    const dated = found?.isDated ? load({ cellDates: true }) : undefined
    return { book, dated, zip, isDate: (format) => SSF.is_date(format) as boolean }
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0] ?? ''
    if (/password|encrypt/i.test(reason)) throw new HookError(`${what} is protected by a password`, field)
    throw new HookError(`${what} is broken and cannot be read: ${reason.slice(0, 200)}`, field)
  }
}

export function isHidden({ book }: Workbook, place: number): boolean {
  return (book.Workbook?.Sheets?.[place]?.Hidden ?? 0) !== 0
}

/** The place of a sheet by its name or its number from 1; of the first that is not hidden where none is asked for. */
export function sheetAt(workbook: Workbook, asked: string | number | undefined): number {
  const names = workbook.book.SheetNames
  if (asked === undefined || asked === '') {
    const visible = names.findIndex((_, place) => !isHidden(workbook, place))
    return Math.max(0, visible)
  }
  if (typeof asked === 'string') {
    const exact = names.indexOf(asked)
    const folded = exact >= 0 ? exact : names.findIndex((name) => name.trim().toLowerCase() === asked.trim().toLowerCase())
    if (folded >= 0) return folded
  }
  const number = Number(asked)
  if (Number.isInteger(number) && number >= 1 && number <= names.length) return number - 1
  throw new HookError(`there is no sheet ${JSON.stringify(asked)}. Sheets, counted from 1: ${names.join(', ')}`, 'sheet')
}
