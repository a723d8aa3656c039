import { expect, test } from 'vitest'
import { isCrossSite } from './cross-site.ts'
import { isAlive } from './sessions/lifetime.ts'
import { countedAddress, waitSeconds } from './sessions/tries.ts'
import { isGuessable, isOwnerLeft } from './users/rules.ts'

const asked = { method: 'POST', host: 'shop.example', fetchSite: undefined, origin: undefined }

test('a browser’s own word decides about the site, then its origin, then there is no browser', () => {
  const table: [Partial<Parameters<typeof isCrossSite>[0]>, boolean][] = [
    [{}, false],
    [{ fetchSite: 'same-origin' }, false],
    [{ fetchSite: 'none' }, false],
    [{ fetchSite: 'same-site' }, true],
    [{ fetchSite: 'cross-site', origin: 'https://shop.example' }, true],
    [{ origin: 'https://shop.example' }, false],
    [{ origin: 'https://shop.example', host: 'shop.example:443' }, false],
    [{ origin: 'https://shop.example:8443' }, true],
    [{ origin: 'https://perennial.example' }, false],
    [{ origin: 'http://perennial.example' }, true],
    [{ origin: 'null' }, true],
    [{ origin: 'https://evil.example', method: 'GET' }, false],
    [{ origin: 'https://evil.example', method: 'DELETE' }, true],
  ]
  for (const [more, expected] of table)
    expect([more, isCrossSite({ ...asked, ...more }, 'https://perennial.example/')]).toEqual([more, expected])
})

test('an address is counted as what one machine cannot change', () => {
  expect(countedAddress('192.0.2.7')).toBe('192.0.2.7')
  expect(countedAddress('::ffff:192.0.2.7')).toBe('192.0.2.7')
  expect(countedAddress('2001:DB8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
  expect(countedAddress('2001:db8:1:2::9')).toBe('2001:db8:1:2::/64')
  expect(countedAddress('2001:db8::9')).toBe('2001:db8:0:0::/64')
  expect(countedAddress('::1')).toBe('0:0:0:0::/64')
  expect(countedAddress('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
})

test('who waits is told for how long, and never zero', () => {
  expect(waitSeconds('account', { tries: 10, since: 0 }, 1)).toBe(0)
  expect(waitSeconds('account', { tries: 11, since: 0 }, 1000)).toBe(899)
  expect(waitSeconds('account', { tries: 11, since: 0 }, 900_000)).toBe(1)
})

test('a session’s ends are exact', () => {
  const hour = 3_600_000
  expect(isAlive({ createdAt: 0, lastSeenAt: 0 }, 8 * hour - 1)).toBe(true)
  expect(isAlive({ createdAt: 0, lastSeenAt: 0 }, 8 * hour)).toBe(false)
  expect(isAlive({ createdAt: 0, lastSeenAt: 7 * 24 * hour - 2 }, 7 * 24 * hour - 1)).toBe(true)
  expect(isAlive({ createdAt: 0, lastSeenAt: 7 * 24 * hour - 1 }, 7 * 24 * hour)).toBe(false)
})

test('the last owner cannot go, and everybody else can', () => {
  expect(isOwnerLeft([1], 1, { role: 'admin', isActive: true })).toBe(false)
  expect(isOwnerLeft([1], 1, { role: 'owner', isActive: false })).toBe(false)
  expect(isOwnerLeft([1], 1, { role: 'owner', isActive: true })).toBe(true)
  expect(isOwnerLeft([1, 2], 1, { role: 'viewer', isActive: true })).toBe(true)
  expect(isOwnerLeft([1], 3, { role: 'viewer', isActive: false })).toBe(true)
})

test('long is not enough for a password, and a sentence is', () => {
  for (const password of ['aaaaaaaaaaaa', 'abababababab', 'ada.lovelace@example.com', 'lovelace1234', 'Perennial2026'])
    expect([password, isGuessable(password, ['ada.lovelace@example.com', 'Ada Lovelace'])]).toEqual([password, true])
  for (const password of ['correct horse battery', 'Tr0ub4dor&3-xkcd', 'мой дом у моря', 'lovelace at the loom'])
    expect([password, isGuessable(password, ['ada.lovelace@example.com', 'Ada Lovelace'])]).toEqual([password, false])
})
