import * as format from '../app/format.ts'

/** When something arrived: to the second while it is of the last day, else with its date. */
export function clock(iso: string, timeZone: string, now: number): string {
  if (now - Date.parse(iso) > 86_400_000) return format.instant(iso, timeZone, 'minute')
  return new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone }).format(
    new Date(iso),
  )
}
