import { HookError } from '@cadre/contract/forgehook'
import type { Workbook } from './sheet-cells.ts'
import { openZip, type Subject, type Zip } from './zip.ts'

const kinds = ['xl/workbook.xml', 'xl/workbook.bin', 'content.xml']

/** A workbook of Excel (xlsx, xlsb, xls) or OpenDocument, from its bytes alone. Throws HookError for what is none, broken or locked. */
export async function openWorkbook(bytes: Uint8Array, subject: Subject): Promise<Workbook> {
  const { what, field } = subject
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b
  const zip = isZip ? await openZip(bytes, subject) : undefined
  if (zip && !kinds.some((name) => zip.has(name))) throw new HookError(`${what} is a zip file, but no Excel workbook`, field)
  const { read, SSF } = await import('@e965/xlsx')
  // Stubs: a formula without a result is a cell that is there.
  const options = { type: 'array', dense: true, cellNF: true, cellHTML: false, cellText: false, sheetStubs: true } as const
  try {
    const book = read(bytes, options)
    if (book.SheetNames.length === 0) throw new Error('it has no sheets')
    const lost = book.SheetNames.find((name) => !book.Sheets[name])
    if (lost !== undefined) throw new Error(`its sheet "${lost}" is missing`)
    const dated = zip && (await hasWrittenDates(zip)) ? read(bytes, { ...options, cellDates: true }) : undefined
    return { book, dated, zip, isDate: (format) => SSF.is_date(format) as boolean }
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0] ?? ''
    if (/password|encrypt/i.test(reason)) throw new HookError(`${what} is protected by a password`, field)
    throw new HookError(`${what} is broken and cannot be read: ${reason.slice(0, 200)}`, field)
  }
}

/** Dates that are written as such and not as numbers, which is lawful and rare. */
async function hasWrittenDates(zip: Zip): Promise<boolean> {
  for (const [name, part] of zip) if (/^xl\/worksheets\/[^/]+\.xml$/.test(name) && Buffer.from(await part()).includes(' t="d"')) return true
  return false
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
