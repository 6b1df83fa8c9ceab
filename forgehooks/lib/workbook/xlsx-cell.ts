import type { CellObject } from '@e965/xlsx'
import type { Zip } from './zip.ts'

const DAY = 86_400_000
const two = (value: number) => String(value).padStart(2, '0')

/**
 * The date, moment or time of day that a serial number is shown as. Excel counts a 29 February 1900 that never was: below it the days
 * are one off. A length of time ([h]:mm) is written as hours, minutes and seconds.
 */
export function dateOfSerial(serial: number, format: string, is1904: boolean): string | number {
  const plain = format.replace(/"[^"]*"|\\.|_.|\*./g, '').replace(/\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
  const isLength = /\[(h+|m+|s+)\]/i.test(plain)
  // Milliseconds as Excel shows them; the rest is the noise of the fraction.
  const total = Math.round(serial * DAY)
  if (serial < 0 || !Number.isFinite(serial)) return serial
  if (isLength) return clock(total)
  const hasTime = /[hs]|am\/pm/i.test(plain)
  const hasDate = /[yd]/i.test(plain) || (/m/i.test(plain) && !hasTime)
  if (!hasDate && total < DAY) return clock(total)
  const days = Math.floor(total / DAY)
  if (!is1904 && days === 60) return serial
  const origin = is1904 ? Date.UTC(1904, 0, 1) : days < 60 ? Date.UTC(1899, 11, 31) : Date.UTC(1899, 11, 30)
  const moment = origin + total
  if (moment > Date.UTC(9999, 11, 31, 23, 59, 59, 999)) return serial
  const iso = new Date(moment).toISOString()
  if (!hasTime && total % DAY === 0) return iso.slice(0, 10)
  return iso.endsWith('.000Z') ? iso.slice(0, 19) : iso.slice(0, 23)
}

function clock(total: number): string {
  const rest = total % 1000
  const seconds = Math.floor(total / 1000)
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return rest === 0 ? text : `${text}.${String(rest).padStart(3, '0')}`
}

/** The reader drops the carriage return of a line end; the source of a shared text still has it. */
export function exactText(found: CellObject): string {
  const value = String(found.v)
  const source = (found as { r?: unknown }).r
  if (typeof source !== 'string' || !/_x000d_|&#(?:13|x0*d);/i.test(source)) return value
  const parts = source.replace(/<rPh\b[\s\S]*?<\/rPh>/g, '').match(/<t\b[^>]*>[\s\S]*?<\/t>/g) ?? []
  return parts.map((part) => decoded(part.replace(/^<t\b[^>]*>|<\/t>$/g, ''))).join('')
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

export function decoded(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex?: string, digits?: string, name?: string) =>
      name ? (NAMED[name] ?? all) : String.fromCodePoint(hex ? parseInt(hex, 16) : Number(digits)),
    )
    .replace(/_x([0-9a-fA-F]{4})_/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}

/** How the numbers of a sheet are written in the file, for those that are longer than a double holds. */
export async function rawNumbers(zip: Zip, sheetName: string): Promise<((row: number, column: number) => string | undefined) | undefined> {
  const text = async (name: string) => new TextDecoder().decode(await zip.get(name)?.())
  const entry = [...(await text('xl/workbook.xml')).matchAll(/<(?:\w+:)?sheet\b[^>]*>/g)].find(
    ([tag]) => decoded(/\sname="([^"]*)"/.exec(tag)?.[1] ?? '') === sheetName,
  )?.[0]
  const id = /\s\w+:id="([^"]*)"/.exec(entry ?? '')?.[1]
  if (id === undefined) return undefined
  const relation = [...(await text('xl/_rels/workbook.xml.rels')).matchAll(/<(?:\w+:)?Relationship\b[^>]*>/g)].find(([tag]) =>
    tag.includes(`Id="${id}"`),
  )?.[0]
  const target = /\sTarget="([^"]*)"/.exec(relation ?? '')?.[1]
  if (target === undefined) return undefined
  const sheet = await text(target.startsWith('/') ? target.slice(1) : `xl/${target}`)
  const written = new Map<string, string>()
  for (const match of sheet.matchAll(
    /<(?:\w+:)?c\b[^>]*?\sr="([A-Z]+\d+)"[^>]*>(?:<(?:\w+:)?f\b[^>]*?(?:\/>|>[^<]*<\/(?:\w+:)?f>))?<(?:\w+:)?v>([^<]{16,400})<\/(?:\w+:)?v>/g,
  ))
    written.set(match[1] as string, match[2] as string)
  return (row, column) => written.get(`${letters(column)}${row + 1}`)
}

function letters(column: number): string {
  const rest = String.fromCharCode(65 + (column % 26))
  return column < 26 ? rest : letters(Math.floor(column / 26) - 1) + rest
}
