import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FairQueue, hasRoom } from './queue.ts'

const parcel = (sourceId: number, events = 1) => ({ sourceId, events, bytes: 100 })

test('a quiet source is in the very next group, however much waits of a loud one', () => {
  const queue = new FairQueue()
  for (let i = 0; i < 10_000; i++) queue.push(parcel(1))
  queue.push(parcel(2))
  expect(queue.next(100).some(({ sourceId }) => sourceId === 2)).toBe(true)
})

test('every parcel comes out once, those of a source in their order, no group larger than it may be', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ sourceId: fc.integer({ min: 1, max: 5 }), events: fc.integer({ min: 0, max: 50 }) })),
      wanted => {
        const queue = new FairQueue<{ sourceId: number; events: number; bytes: number; n: number }>()
        const parcels = wanted.map((one, n) => ({ ...one, bytes: 10, n }))
        for (const one of parcels) queue.push(one)
        const out: typeof parcels = []
        while (!queue.isEmpty) {
          const group = queue.next(60)
          expect(group.length === 1 || group.reduce((sum, { events }) => sum + events, 0) <= 60).toBe(true)
          out.push(...group)
          queue.settled(group)
        }
        expect(queue.bytes).toBe(0)
        for (let source = 1; source <= 5; source++) {
          const of = (all: typeof parcels) => all.filter(({ sourceId }) => sourceId === source).map(({ n }) => n)
          expect(of(out)).toEqual(of(parcels))
        }
      },
    ),
  )
})

test('whoever comes last still finds room', () => {
  const held = [0, 0, 0]
  const all = () => held.reduce((sum, n) => sum + n, 0)
  // One is alone first, then a second and a third come: each takes what it can get.
  for (let source = 0; source < 3; source++)
    while (hasRoom(held[source] ?? 0, all(), 1, 1_000)) held[source] = (held[source] ?? 0) + 1
  expect(held).toEqual([500, 250, 125])
})
