import { expect, test } from 'vitest'
import { type Live, type LiveEvent } from '../../src/events/tracking/contract.ts'
import { joined, KEPT } from './arrivals.ts'

const event = (seq: number) => ({ seq, outcome: 'accepted' }) as LiveEvent
const answer = (seqs: number[], latest = Math.max(0, ...seqs), accepted = latest): Live => ({
  items: seqs.map(event),
  latest,
  counts: { accepted, quarantined: 0 },
})
const first = joined(undefined, answer([2, 1]))

test('new arrivals come before those that were there', () => {
  expect(joined(first, answer([4, 3])).items.map(({ seq }) => seq)).toEqual([4, 3, 2, 1])
})

test('nothing new changes nothing', () => {
  expect(joined(first, answer([], 2))).toBe(first)
})

test('what came too quickly to be brought is counted', () => {
  expect(joined(first, answer([9, 8], 9)).missed).toBe(5)
  expect(joined(first, answer([4, 3], 4, 1000)).missed).toBe(996)
})

test('no more are kept than the page can bear', () => {
  const many = Array.from({ length: KEPT }, (_, i) => 1000 - i)
  expect(joined(first, answer(many)).items).toHaveLength(KEPT)
})

test('a server that was started anew begins anew', () => {
  expect(joined(joined(first, answer([9])), answer([1])).items.map(({ seq }) => seq)).toEqual([1])
})
