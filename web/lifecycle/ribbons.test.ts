import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Box, ribbons } from './ribbons.ts'

const box = (id: string, row: number, column: number): Box => ({
  id,
  row,
  column,
  left: column * 220,
  top: row * 260,
  width: 180,
  height: 150,
})
const BED = [box('conversion', 0, 0), box('retention', 0, 1), box('loyalty', 0, 2), box('at_risk', 1, 0), box('lapsed', 1, 1)]
const ids = BED.map(one => one.id)

test('a ribbon is as wide as its customers, and the widest is the one with most', () => {
  const [many, few] = ribbons(BED, [
    { from: 'conversion', to: 'at_risk', count: 1000 },
    { from: 'at_risk', to: 'retention', count: 250 },
  ])
  expect((many?.width ?? 0) / (few?.width ?? 1)).toBeCloseTo(4)
})

test('neighbours are joined through the gap, rows from edge to edge', () => {
  const [through, down, up] = ribbons(BED, [
    { from: 'conversion', to: 'retention', count: 5 },
    { from: 'loyalty', to: 'lapsed', count: 5 },
    { from: 'at_risk', to: 'loyalty', count: 5 },
  ])
  expect(through).toMatchObject({ isNarrow: true, start: { x: 180 }, end: { x: 220 } })
  expect(down).toMatchObject({ start: { y: 150 }, end: { y: 260 } })
  expect(up).toMatchObject({ start: { y: 260 }, end: { y: 150 } })
})

test('new customers come from above; who leaves, and stages that are not on the map, have no ribbon', () => {
  const drawn = ribbons(BED, [
    { from: null, to: 'conversion', count: 3 },
    { from: 'lapsed', to: null, count: 3 },
    { from: 'elsewhere', to: 'lapsed', count: 3 },
  ])
  expect(drawn.map(ribbon => ribbon.to)).toEqual(['conversion'])
  expect(drawn[0]?.start.y).toBeLessThan(0)
})

test('whatever moves, every ribbon meets the edge of its tile and no two share a place on it', () => {
  const aFlow = fc.record({
    from: fc.option(fc.constantFrom(...ids)),
    to: fc.constantFrom(...ids),
    count: fc.integer({ min: 1, max: 1e6 }),
  })
  const flows = fc
    .uniqueArray(aFlow, { selector: ({ from, to }) => `${from}>${to}`, maxLength: 20 })
    .map(all => all.filter(({ from, to }) => from !== to))
  fc.assert(
    fc.property(flows, moves => {
      const drawn = ribbons(BED, moves)
      expect(drawn.length).toBe(moves.length)
      const places = drawn.map(({ to, end }) => `${to}:${end.x.toFixed(2)}:${end.y.toFixed(2)}`)
      expect(new Set(places).size).toBe(places.length)
      for (const { path, to, end } of drawn) {
        const tile = BED.find(one => one.id === to)
        expect(path).not.toMatch(/NaN|Infinity/)
        expect([tile?.top, (tile?.top ?? 0) + (tile?.height ?? 0), end.y]).toContain(end.y)
      }
    }),
  )
})
