import { emptyPostgresUrl } from '@cadre/core/storage/test/databases'
import pg from 'pg'

/** A database of Postgres with a few orders in it. */
export async function shopUrl(): Promise<string> {
  const url = await emptyPostgresUrl()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`create table orders (id bigint primary key, status text, total numeric(20, 2), paid boolean, created_at timestamptz);
    insert into orders values (1, 'open', 12.50, true, '2024-01-05T10:00:00+02'), (9007199254740993, 'done', 12345678901234567.89, null, null), (2, 'open', 1, false, '2023-01-01');
    create view paid_orders as select * from orders where paid; create schema other; create table other.notes (note text)`)
  await client.end()
  return url
}
