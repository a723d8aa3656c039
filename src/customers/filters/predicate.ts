import { type Glance } from '../lens.ts'
import { type Context, isOfStage, spanOf, stagesNamed } from './compile.ts'
import { type Condition } from './contract.ts'

/** Whether somebody stood like this at an instant: the conditions that follow from events. The others are asked of the store. */
export function stoodSo(conditions: readonly Condition[], glance: Glance | undefined, context: Context): boolean {
  return conditions.filter(isOfStage).every(one => holds(one, glance, context))
}

function holds(one: Condition, glance: Glance | undefined, context: Context): boolean {
  const orders = glance?.orders ?? 0
  const last = glance?.lastOrderAt ?? null
  switch (one.field) {
    case 'stage':
    case 'super':
      return (glance !== undefined && stagesNamed(one, context).includes(glance.stage)) === (one.op === 'in')
    case 'orders':
      return one.op === 'is' ? orders === one.value : one.op === 'at_least' ? orders >= one.value : orders <= one.value
    case 'last_order': {
      if (one.op === 'never') return last === null
      const { from, to } = spanOf(one, context)
      return last !== null && (from === null || last >= from) && (to === null || last < to)
    }
    default:
      return true
  }
}
