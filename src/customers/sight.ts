/** What the one who asks may see of customers: how to reach them, and money. */
export type Sight = { contact: boolean; money: boolean }

/** Ids and traits by which a person can be reached or recognised. An external id is a number of ours and stays. */
export const PERSONAL_IDS: ReadonlySet<string> = new Set(['email', 'phone'])
const PERSONAL_TRAITS = new Set([
  'name',
  'firstName',
  'lastName',
  'first_name',
  'last_name',
  'email',
  'phone',
  'claimed_email',
  'claimed_phone',
  'address',
  'street',
  'birthday',
  'username',
  'avatar',
])

/** Whether a trait, or what it is a part of (`address.city`), tells who somebody is. */
export const isPersonal = (trait: string): boolean => PERSONAL_TRAITS.has(trait.split('.')[0] ?? trait)

export const sightOf = ({ capabilities }: { capabilities: ReadonlySet<string> }): Sight => ({
  contact: capabilities.has('customers:contact'),
  money: capabilities.has('customers:money'),
})
