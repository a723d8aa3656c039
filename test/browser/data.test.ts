import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CreatedKey } from '../../src/access/contract.ts'
import { RunningProgram } from '../running.ts'
import { barriers, hasBrowser, makeFirstAccount, openBrowser, PHONE, person } from './browser.ts'

let program: RunningProgram
let browser: Browser
let page: Page
let context: BrowserContext
let trouble: string[]
let key: string
const data = mkdtempSync(join(tmpdir(), 'perennial-data-'))

const send = async (...batch: object[]) => {
  const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
  const answer = await fetch(`${program.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify({ batch }),
  })
  expect(answer.status).toBe(200)
}
const viewed = (userId: string) => ({
  type: 'track',
  userId,
  event: 'Product Viewed',
  properties: { colour: 'red', url: 'https://shop.example/?mail=ann@shop.example' },
})

describe.skipIf(!hasBrowser)('the data page, in a browser', { timeout: 180_000 }, () => {
  beforeAll(async () => {
    chmodSync(data, 0o755)
    program = new RunningProgram(data)
    const [token, opened] = await Promise.all([program.start(), openBrowser()])
    browser = opened
    ;({ page, context, trouble } = await person(browser, program.url))
    await makeFirstAccount(page, token)
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  test('nothing connected shows the ways in; a key that sent nothing says so; one that sends leads to what it sends', async () => {
    await page.goto('/settings/data')
    await page.getByRole('heading', { name: 'Connect something' }).waitFor()
    const made = await page.request.post('/api/keys', {
      headers: { origin: program.url },
      data: { kind: 'write', name: 'Web shop' },
    })
    key = ((await made.json()) as CreatedKey).key
    await page.reload()
    await page.getByText('Never heard of').waitFor()
    await send(viewed('1'), viewed('2'), { type: 'track', event: 'Of nobody' })
    await page.getByRole('link', { name: 'Web shop' }).waitFor({ timeout: 120_000 })
    await page.getByRole('link', { name: 'Web shop' }).click()
    await page.getByRole('heading', { name: 'Web shop' }).waitFor()
    await page.getByText('1 of 3 in 24 hours').waitFor()
    await page
      .getByRole('button', { name: /^Of nobody/ })
      .first()
      .waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByRole('link', { name: 'Product Viewed' }).click()
    await page.getByRole('heading', { name: 'Product Viewed' }).waitFor()
  })

  test('the catalogue shows what an event says, and keeps what colleagues say of it', async () => {
    await expect
      .poll(
        async () => {
          await page.reload()
          await page.getByRole('heading', { name: 'Properties' }).waitFor()
          return page.getByRole('cell', { name: 'red', exact: true }).count()
        },
        { timeout: 30_000, interval: 1_000 },
      )
      .toBe(1)
    await page.getByText('has email addresses').waitFor()
    await page.getByLabel('What it means').fill('Somebody looked at a product')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved').waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByRole('navigation', { name: 'Data' }).getByRole('link', { name: 'Event catalogue' }).click()
    await page.getByText('Somebody looked at a product').waitFor()
  })

  test('a suggested rule is made with one click, is tried on an event, and ends with one', async () => {
    await page.getByRole('navigation', { name: 'Data' }).getByRole('link', { name: 'Rules' }).click()
    await page.getByRole('button', { name: 'Blot it out' }).click()
    await page.getByRole('heading', { name: 'Worth a rule' }).waitFor({ state: 'detached' })
    await page.getByLabel('As it is sent').fill(JSON.stringify(viewed('3')))
    await page.getByRole('button', { name: 'Try', exact: true }).click()
    await page.getByText('"url": "https://shop.example/?mail=[email]"').waitFor()
    await page.getByText('It goes in.').waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByRole('button', { name: 'Remove the rule for properties.url' }).click()
    await page.getByText('The rule is removed').waitFor()
  })

  test('on a phone in the dark an event is blocked, and said to be', async () => {
    const visitor = await person(browser, program.url, {
      colorScheme: 'dark',
      viewport: PHONE,
      storageState: await context.storageState(),
    })
    await visitor.page.goto('/settings/data/rules')
    await visitor.page.getByRole('button', { name: 'New rule' }).click()
    const form = visitor.page.getByRole('dialog')
    await form.getByRole('combobox', { name: 'What becomes of it' }).click()
    await visitor.page.getByRole('option', { name: 'is refused' }).click()
    await form.getByRole('button', { name: 'Make the rule' }).click()
    await form.getByText('Which event shall be refused?').waitFor()
    await form.getByLabel('Event').fill('Product Viewed')
    await form.getByRole('button', { name: 'Make the rule' }).click()
    await form.waitFor({ state: 'detached' })
    await send(viewed('4'))
    await visitor.page.goto('/settings/data/events')
    await visitor.page.getByRole('link', { name: 'Product Viewed' }).click()
    await visitor.page.getByText('one event came all the same').waitFor()
    expect(await barriers(visitor.page)).toEqual([])
    expect(await visitor.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width)
    expect([...trouble, ...visitor.trouble]).toEqual([])
    await visitor.context.close()
  })
})
