import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from } from 'pg-copy-streams'
import { msOf } from './processes.ts'

/** The reference of every import: the same rows through PostgreSQL's own COPY into a plain table without an index. Answers rows a second. */
export async function plainCopy(databaseUrl: string, path: string, header: string, rows: number): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const columns = header.split(',').map(name => `"${name}" text`)
    await client.query(`create table bench_plain_copy (${columns.join(', ')})`)
    const ms = await msOf(() =>
      pipeline(createReadStream(path), client.query(from('copy bench_plain_copy from stdin with (format csv, header true)'))),
    )
    const counted = await client.query('select count(*) as n from bench_plain_copy')
    if (Number(counted.rows[0]?.n) !== rows) throw new Error(`COPY took ${counted.rows[0]?.n} of ${rows} rows.`)
    await client.query('drop table bench_plain_copy')
    return (rows / ms) * 1_000
  } finally {
    await client.end()
  }
}
