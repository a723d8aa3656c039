import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RunningProgram } from '../running.ts'
import { barriers, hasBrowser, makeFirstAccount, openBrowser, person } from './browser.ts'

const ORDERS = [
  'order id,customer id,date,amount',
  ...Array.from({ length: 40 }, (_, i) => `A${i},K${i % 12},2024-0${1 + (i % 9)}-1${i % 10},${20 + i}.00`),
].join('\n')

let program: RunningProgram
let browser: Browser
let page: Page
let trouble: string[]
const data = mkdtempSync(join(tmpdir(), 'perennial-models-'))
const card = (name: string) => page.locator('section[data-card]', { has: page.getByRole('heading', { name, exact: true }) })

describe.skipIf(!hasBrowser)('lifecycle models, in a browser', () => {
  beforeAll(async () => {
    chmodSync(data, 0o755)
    program = new RunningProgram(data)
    const [token, opened] = await Promise.all([program.start(), openBrowser()])
    browser = opened
    ;({ page, trouble } = await person(browser, program.url))
    await makeFirstAccount(page, token)
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(ORDERS) })
    await page.getByRole('button', { name: 'Try it out' }).click()
    await page.getByRole('button', { name: 'Bring in 40 orders' }).click()
    await page.getByRole('link', { name: 'See the stage map' }).waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  test('each says which question it answers and how it decides; one is switched on and has a map of its own', async () => {
    await page.goto('/lifecycle/models')
    const model = card('By number of orders')
    await model.getByText('How many customers get from one order to two, and from two to three?').waitFor()
    await model.getByRole('button', { name: 'How it decides' }).click()
    await model.getByText('3 or more orders', { exact: true }).waitFor()
    expect(await barriers(page)).toEqual([])
    await model.getByRole('button', { name: 'Switch on' }).click()
    await page.getByText('By number of orders is live.').waitFor()
    await model.getByRole('link', { name: 'See the map' }).click()
    await page.getByRole('heading', { name: 'Stage map' }).waitFor()
    await page.getByText('One purchase').first().waitFor()
    expect(trouble).toEqual([])
  })

  test('it becomes the primary one, and the one before is switched off after a question', async () => {
    await page.goto('/lifecycle/models')
    await card('By number of orders').getByRole('button', { name: 'Make primary' }).click()
    await card('By number of orders').getByText('Primary', { exact: true }).waitFor()
    await card('Reach to loyalty').getByRole('button', { name: 'Switch off' }).click()
    const asked = page.getByRole('dialog', { name: 'Switch off Reach to loyalty?' })
    await asked.getByRole('button', { name: 'Switch off' }).click()
    await card('Reach to loyalty').getByRole('button', { name: 'Switch on' }).waitFor()
    await page.goto('/lifecycle')
    await page.getByText('One purchase').first().waitFor()
    expect(trouble).toEqual([])
  })
})
