import { describe, expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)

describe('parse_dates', () => {
  const fieldsOf = async (column: Record<string, unknown[]>) => {
    const length = Math.max(...Object.values(column).map((list) => list.length))
    const rows = Array.from({ length }, (_, at) => Object.fromEntries(Object.entries(column).map(([name, list]) => [name, list[at]])))
    return (await call('/parse_dates', { rows })).fields
  }

  test('finds the date columns and nothing else', async () => {
    expect(
      await fieldsOf({
        date: ['1/15/24', '2024-02-20', 'March 5 2024'],
        amount: ['1500', '2000.50', '1,200'],
        zip: ['12345', '54321', '90210'],
        version: ['1.2.3', '10.2.24', '2.0.1'],
        id: ['20240305', '20240306', '20240307'],
      }),
    ).toEqual(['date'])
    expect(
      await fieldsOf({
        invoice: ['2024-001', '2024-002'],
        ssn: ['123-45-6789', '987-65-4321'],
        phone: ['5551234567', '1709632800'],
        ip: ['10.0.0.1', '10.0.0.2'],
        year: [2024, 2023],
        name: ['May', 'April'],
      }),
    ).toEqual([])
    expect(
      await fieldsOf({
        created_at: ['1709632800', 1709632801],
        orderDate: ['20240305', '20240306'],
        period: ['2024-01', '2024-02'],
        'Data de nascimento': ['05/03/1990', '25/12/1985'],
      }),
    ).toEqual(['created_at', 'orderDate', 'period', 'Data de nascimento'])
    expect(await fieldsOf({ due: ['2023-02-29', '31/04/2024', '2024-01-01'] })).toEqual(['due'])
    expect(await fieldsOf({ created_count: ['1234567890', '12'] })).toEqual([])
  })

  test('one value that can only be day first tells the order of its column, and of no other', async () => {
    const answer = await call('/parse_dates', {
      rows: [
        { a: '25/12/2024', b: '01/02/2024' },
        { a: '01/02/2024', b: '03/04/2024' },
      ],
    })
    expect(answer.rows).toEqual([
      { a: '2024-12-25', b: '2024-01-02' },
      { a: '2024-02-01', b: '2024-03-04' },
    ])
    expect(answer.ambiguous.map((item: { row: number; field: string }) => `${item.field}${item.row}`)).toEqual(['b1', 'b2'])
  })

  test('cells that cannot be read stay and are reported; the rest of the row is untouched', async () => {
    const rows = [{ x: { deep: [1] }, d: '31/04/2024', y: null }, { d: 'soon', z: 1 }, { d: '' }, { d: true }, { d: '2024-01-02' }]
    const answer = await call('/parse_dates', { rows, fields: ['d'] })
    expect(answer.rows).toEqual(rows)
    expect(Object.keys(answer.rows[0])).toEqual(['x', 'd', 'y'])
    expect(answer.unparsed.map((item: { row: number; reason: string }) => [item.row, item.reason])).toEqual([
      [1, '2024-04 has no day 31'],
      [2, 'it is not a date in a form that is understood'],
      [4, 'it is neither text nor a number'],
    ])
    expect(answer.changed).toBe(0)
  })

  test('relative words in a table are not dates: the table does not know its today', async () => {
    expect((await call('/parse_dates', { rows: [{ d: 'tomorrow' }], fields: ['d'] })).unparsed).toHaveLength(1)
  })

  test('output and zone', async () => {
    const rows = [{ d: '2024-03-05T23:30:00-05:00' }, { d: '2024-03-05' }]
    const shaped = async (more: object) => (await call('/parse_dates', { rows, ...more })).rows.map((row: { d: string }) => row.d)
    expect(await shaped({})).toEqual(['2024-03-05T23:30:00-05:00', '2024-03-05'])
    expect(await shaped({ output: 'date' })).toEqual(['2024-03-05', '2024-03-05'])
    expect(await shaped({ output: 'datetime', time_zone: 'America/Sao_Paulo' })).toEqual(['2024-03-06T01:30:00-03:00', '2024-03-05T00:00:00-03:00'])
  })

  test('evil column names are columns', async () => {
    const rows = JSON.parse('[{"__proto__":"1/15/24","constructor":"2/20/24"}]')
    const answer = await call('/parse_dates', { rows })
    expect(JSON.stringify(answer.rows)).toBe('[{"__proto__":"2024-01-15","constructor":"2024-02-20"}]')
    expect((await call('/parse_dates', { rows: [] })).rows).toEqual([])
    await expect(call('/parse_dates', { rows: [{ a: 1 }], fields: ['b'] })).rejects.toThrow('fields: unknown column "b". Known columns: a')
  })

  test('with a reference the table has a today', async () => {
    const rows = [{ d: 'tomorrow' }, { d: 'March 5' }]
    const answer = await call('/parse_dates', { rows, fields: ['d'], reference: '2023-03-06' })
    expect(answer.rows).toEqual([{ d: '2023-03-07' }, { d: '2023-03-05' }])
    expect(answer.ambiguous).toHaveLength(1)
  })

  test('serial numbers of Excel on request', async () => {
    const answer = await call('/parse_dates', { rows: [{ d: 45356, n: 45356 }], fields: ['d'], numbers: 'excel' })
    expect(answer.rows).toEqual([{ d: '2024-03-05', n: 45356 }])
  })
})
