import pg from 'pg'
import { base64, exactJson, exactNumber, finite, isoText } from './sql-values.ts'

type Parse = (text: string) => unknown

const float: Parse = (text) => finite(Number(text))
/** Whole and decimal numbers are numbers where those are exact. */
const number: Parse = (text) => (/^[-+]?[\d.]+$/.test(text) ? exactNumber(text) : text)
const bytes: Parse = (text) => base64(Buffer.from(text.slice(2), 'hex'))
/** A moment of the far past (`BC`) or without end stays as Postgres writes it. */
const time: Parse = isoText

const bySingle = new Map<number, Parse>([
  [16, (text) => text === 't'],
  [17, bytes],
  [20, number],
  [21, Number],
  [23, Number],
  [26, Number],
  [700, float],
  [701, float],
  [1700, number],
  [114, exactJson],
  [3802, exactJson],
  [1114, time],
  [1184, time],
])
const byArray = new Map<number, Parse | null>([
  [1000, bySingle.get(16) ?? null],
  [1001, bytes],
  [1016, number],
  [1005, Number],
  [1007, Number],
  [1021, float],
  [1022, float],
  [1231, number],
  [199, exactJson],
  [3807, exactJson],
  [1115, time],
  [1185, time],
  [1009, null],
  [1015, null],
  [1014, null],
  [1182, null],
  [1183, null],
  [2951, null],
  [1003, null],
])

/** Everything as text: what becomes of it is decided below. */
export const postgresTypes = { getTypeParser: () => (text: string) => text } as unknown as pg.CustomTypesConfig

const textArray = pg.types.getTypeParser(1009 as Parameters<typeof pg.types.getTypeParser>[0], 'text') as (text: string) => unknown

export function postgresCells(row: unknown[], fields: pg.FieldDef[]): unknown[] {
  return row.map((value, place) => {
    if (typeof value !== 'string') return value
    const oid = fields[place]?.dataTypeID ?? 0
    const items = byArray.get(oid)
    // Bounds that do not begin at 1 (`[0:1]={1,2}`) are not to be lost.
    if (items !== undefined) return value.startsWith('{') ? each(textArray(value), items) : value
    return bySingle.get(oid)?.(value) ?? value
  })
}

function each(value: unknown, parse: Parse | null): unknown {
  if (Array.isArray(value)) return value.map((item) => each(item, parse))
  return typeof value === 'string' && parse ? parse(value) : value
}
