import { expect, test } from 'vitest'
import { hashPassword, isPassword } from './secrets.ts'

test('a password opens its own hash and no other, however its letters were typed', async () => {
  const hash = await hashPassword('Zoë’s café in Zürich')
  expect(await isPassword('Zoë’s café in Zürich'.normalize('NFD'), hash)).toBe(true)
  expect(await isPassword('zoë’s café in Zürich', hash)).toBe(false)
  expect(await isPassword('Zoë’s café in Zürich', await hashPassword('another password'))).toBe(false)
  expect(await hashPassword('Zoë’s café in Zürich')).not.toBe(hash)
})

test('a hash made with another cost still opens', async () => {
  // A test vector of the reference implementation (phc-winner-argon2, src/test.c).
  const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  expect(await isPassword('password', hash)).toBe(true)
})

test('without a hash the answer is no, and takes as long', async () => {
  const hash = await hashPassword('correct horse battery')
  const timed = async (encoded: string | null) => {
    const began = performance.now()
    for (let n = 0; n < 5; n++) expect(await isPassword('wrong horse battery', encoded)).toBe(false)
    return performance.now() - began
  }
  await timed(hash)
  const ratio = (await timed(null)) / (await timed(hash))
  // Other work shares the processor: this tells "the same work" from "none", which is a hundredth.
  expect(ratio).toBeGreaterThan(0.2)
  expect(ratio).toBeLessThan(5)
})

test('a stampede is told to come back, and the door works again afterwards', async () => {
  const answers = await Promise.allSettled(Array.from({ length: 60 }, () => isPassword('wrong horse battery', null)))
  const refused = answers.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[]
  expect(refused.length).toBe(60 - 42)
  expect(refused.every(({ reason }) => reason.code === 'request.too_many')).toBe(true)
  expect(await isPassword('right', await hashPassword('right'))).toBe(true)
})
