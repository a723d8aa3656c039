import { type Condition, type FactKind, type Quantity } from './model.ts'

/** A condition and all within it. */
export function conditionsIn(when: Condition): Condition[] {
  const inner = 'all' in when ? when.all : 'any' in when ? when.any : 'not' in when ? [when.not] : []
  return [when, ...inner.flatMap(conditionsIn)]
}

/** The quantities that a condition itself compares with, and all within them. */
export function quantitiesIn(when: Condition): Quantity[] {
  if ('value' in when) return parts(when.value)
  return 'days' in when ? parts(when.days) : []
}

function parts(quantity: Quantity): Quantity[] {
  if (typeof quantity === 'number' || 'parameter' in quantity || 'fact' in quantity) return [quantity]
  const inner =
    'product' in quantity
      ? quantity.product
      : 'first_known' in quantity
        ? quantity.first_known
        : [quantity.clamp, quantity.min, quantity.max]
  return [quantity, ...inner.flatMap(parts)]
}

/** The facts that a condition itself asks about, and of what kinds they may be. */
export function factsIn(when: Condition): { id: string; as: readonly FactKind[] }[] {
  const compared = quantitiesIn(when).flatMap(one =>
    typeof one === 'object' && 'fact' in one ? [{ id: one.fact, as: NUMBERS }] : [],
  )
  if ('since' in when) return [{ id: when.since, as: ['time'] }, ...compared]
  if ('fact' in when) return [{ id: when.fact, as: NUMBERS }, ...compared]
  if ('yes' in when) return [{ id: when.yes, as: ['yes'] }]
  return 'known' in when ? [{ id: when.known, as: NUMBERS }] : []
}

const NUMBERS = ['number', 'time'] as const
