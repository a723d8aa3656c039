import { expect, test } from 'vitest'
import { checked, formatted } from './content.ts'

test('content is shown as people read it, and as it is where it was cut', () => {
  expect(formatted('{"a":1}')).toBe('{\n  "a": 1\n}')
  expect(formatted('{"a":')).toBe('{"a":')
})

test('a corrected event has to be a JSON object', () => {
  expect(checked('{"type":"track"}')).toEqual({ event: { type: 'track' } })
  expect(checked('[1]')).toEqual({ detail: null })
  expect(checked('{"type":')).toEqual({ detail: expect.stringContaining('JSON') })
})
