import process from 'node:process'
import { silentLog } from './log.ts'
import { migrate } from './migrate.ts'

// A migration in a process of its own, so that migrate.test.ts can kill it.
const [databaseUrl = '', clickhouseUrl = '', folder = ''] = process.argv.slice(2)
await migrate({ databaseUrl, clickhouseUrl, folder: new URL(folder), log: silentLog() })
