import { type Role } from '../contract.ts'

/** Who decides: a colleague with a role, or the command line on the machine itself, which may everything. */
export type Decider = { id: number; role: Role } | 'command_line'

/** Owners are made, changed and unmade by owners only; everything else by whoever may manage users. */
export const mayGive = (decider: Decider, ...roles: (Role | undefined)[]): boolean =>
  decider === 'command_line' || decider.role === 'owner' || !roles.includes('owner')

/** Whether an active owner is left after this user changes. */
export const isOwnerLeft = (owners: readonly number[], changed: number, after: { role: Role; isActive: boolean }): boolean =>
  owners.some(owner => owner !== changed) || !owners.includes(changed) || (after.role === 'owner' && after.isActive)

const PERSONAL_LENGTH_MIN = 4
/** Twelve characters that an attacker would try first: the own name, the address, the product, one thing repeated. */
export function isGuessable(password: string, personal: readonly string[]): boolean {
  const plain = password.toLowerCase()
  if (new Set(plain).size < 5) return true
  const words = [
    ...personal.flatMap(text => [text, ...text.split(/[^\p{L}\p{N}]+/u)]),
    'perennial',
    'password',
    'passwort',
    'qwerty',
    '123456789',
  ]
  const left = words
    .map(word => word.toLowerCase())
    .filter(word => word.length >= PERSONAL_LENGTH_MIN)
    .sort((a, b) => b.length - a.length)
    .reduce((rest, word) => rest.replaceAll(word, ''), plain)
  // What is left when those words are taken away must still be something to guess.
  return left.length < 5
}
