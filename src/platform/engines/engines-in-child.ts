import process from 'node:process'
import { silentLog } from '../log.ts'
import { startEngines } from './index.ts'

// The engines in a program of its own, so that engines.test.ts can kill it.
const { databaseUrl, clickhouseUrl } = await startEngines({ data: process.argv[2] ?? '', log: silentLog() })
process.send?.({ databaseUrl, clickhouseUrl })
