import { expect, it } from 'vitest'
import { type ViewState } from '../../src/customers/views/contract.ts'
import { customersSearch, isBare, isSame, questionOf, searchOf, stateOf } from './list-state.ts'

const state: ViewState = {
  search: 'ann',
  where: [{ field: 'trait', trait: 'country', op: 'is', value: 'DE' }],
  sort: 'orders',
  columns: ['orders', 'trait:country'],
}

it('a view opened and kept again is the same view, also when its words stand in another order', () => {
  const opened = searchOf({ id: '7', state })
  expect(isSame(opened, state)).toBe(true)
  expect(isSame(customersSearch(JSON.parse(JSON.stringify(opened))), state)).toBe(true)
  expect(isSame(opened, { ...state, where: [{ value: 'DE', op: 'is', trait: 'country', field: 'trait' }] })).toBe(true)
  expect(isSame({ ...opened, sort: 'name' }, state)).toBe(false)
  expect(stateOf(opened)).toEqual(state)
})

it('the stage of a link from the map is a condition like others', () => {
  expect(questionOf({ stage: 'loyalty' })).toEqual({ where: [{ field: 'stage', op: 'in', values: ['loyalty'] }] })
})

it('nonsense in an address is left out, and an empty one is bare', () => {
  expect(customersSearch({ where: 'x', columns: [1, 'orders'], sort: 'drop', direction: 'up', search: 4711 })).toEqual({
    columns: ['orders'],
    search: '4711',
  })
  expect(isBare({})).toBe(true)
  expect(isBare({ view: 'all' })).toBe(false)
})
