export const WINDOW_MS = 15 * 60_000
// Ten wrong passwords are a person on a bad day; an office behind one address has several of those.
const TRIES_MAX = { account: 10, address: 50 } as const
export type Counted = keyof typeof TRIES_MAX

export type Tries = { tries: number; since: number }

/** How long to wait before this try may be made, in whole seconds; 0: now. `tries` counts this one. */
export function waitSeconds(kind: Counted, { tries, since }: Tries, now: number): number {
  if (tries <= TRIES_MAX[kind]) return 0
  return Math.max(1, Math.ceil((since + WINDOW_MS - now) / 1000))
}

/** True for the one try that crosses the line: the trail hears of it once, not of every knock on a closed door. */
export const isFirstRefusal = (kind: Counted, { tries }: Tries): boolean => tries === TRIES_MAX[kind] + 1

/** What is counted as one address: of IPv6 the network (/64), because one machine has all of its addresses. */
export function countedAddress(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.split('%')[0]?.split('::') ?? []
  const left = head.split(':').filter(Boolean)
  const right = tail?.split(':').filter(Boolean) ?? []
  const groups =
    tail === undefined ? left : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
  return `${groups
    .slice(0, 4)
    .map(group => group.replace(/^0+(?=.)/, '').toLowerCase())
    .join(':')}::/64`
}
