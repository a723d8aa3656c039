import { destination, type Logger, pino } from 'pino'

export type Log = Logger

/** One JSON line per happening on stderr: stdout belongs to what a command was asked for. */
export const openLog = (level: string = 'info'): Log =>
  pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }, destination({ fd: 2, sync: true }))

/** For tests and one-shot commands that have nobody to read a log. */
export const silentLog = (): Log => pino({ level: 'silent' })
