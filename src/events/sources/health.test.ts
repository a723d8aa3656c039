import { expect, test } from 'vitest'
import { eachOf, type Heard, healthOf, usualSilence } from './health.ts'

const HOUR = 3_600_000
const NOW = Date.parse('2026-11-22T12:30:00Z')
const HOUR_NOW = Math.floor(NOW / HOUR)
const hours = (of: (hourAgo: number) => number) => {
  const all = Array.from({ length: 720 }, (_, i) => 719 - i).filter(ago => of(ago) > 0)
  return { hour: all.map(ago => HOUR_NOW - ago), n: all.map(of) }
}
const heard = (over: Partial<Heard>): Heard => ({
  isFile: false,
  isEnded: false,
  firstAt: NOW - 30 * 24 * HOUR,
  lastAt: NOW - 60_000,
  hours: hours(() => 60),
  minutes: { hour: [], n: [] },
  quarantined: 0,
  ...over,
})

test('a source that sends as always is healthy, and what is usual is told beside what is', () => {
  const minutes = { hour: Array.from({ length: 60 }, (_, i) => NOW / 60_000 - i), n: Array<number>(60).fill(2) }
  const health = healthOf(heard({ minutes }), NOW)
  expect(health).toMatchObject({
    state: 'healthy',
    perMinute: { now: 2, usual: 1 },
    perHour: { now: 120, usual: 60 },
    perDay: { now: 1440, usual: 1440 },
  })
})

test('a source is silent when it is so for longer than it usually is', () => {
  const lastAt = NOW - 3 * HOUR
  const until = hours(ago => (ago >= 3 ? 60 : 0))
  expect(healthOf(heard({ lastAt, hours: until }), NOW).state).toBe('silent')
  // A shop that sleeps eight hours every night is not silent after three.
  const byDay = hours(ago => (ago >= 3 && (ago + 12) % 24 < 16 ? 60 : 0))
  expect(healthOf(heard({ lastAt, hours: byDay }), NOW).state).toBe('healthy')
})

test('the trouble of last week does not make silence usual', () => {
  const after = hours(ago => (ago > 100 && ago < 180 ? 0 : 1))
  expect(usualSilence(after, NOW - 30 * 24 * HOUR, NOW)).toBe(HOUR)
})

test('nothing is called usual before enough is known', () => {
  const health = healthOf(heard({ firstAt: NOW - 5 * HOUR, hours: hours(ago => (ago < 5 ? 1 : 0)), lastAt: NOW - 4 * HOUR }), NOW)
  expect(health).toMatchObject({ state: 'healthy', usualSilenceMs: null, perDay: { usual: null } })
})

test('much set aside is said before silence; a file and an ended source are asked for nothing', () => {
  expect(healthOf(heard({ quarantined: 100 }), NOW).state).toBe('aside')
  expect(healthOf(heard({ quarantined: 4, hours: hours(ago => (ago < 1 ? 1 : 0)) }), NOW).state).toBe('healthy')
  expect(healthOf(heard({ lastAt: null, hours: hours(() => 0), firstAt: null }), NOW).state).toBe('never')
  expect(healthOf(heard({ isFile: true, lastAt: NOW - 99 * 24 * HOUR }), NOW).state).toBe('file')
  expect(healthOf(heard({ isEnded: true }), NOW).state).toBe('ended')
})

test('hours without anything are there too', () => {
  expect(eachOf({ hour: [HOUR_NOW - 30, HOUR_NOW - 2, HOUR_NOW], n: [9, 5, 7] }, HOUR_NOW, 4)).toEqual([0, 5, 0, 7])
})
