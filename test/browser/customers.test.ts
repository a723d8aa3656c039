import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RunningProgram } from '../running.ts'
import { barriers, hasBrowser, makeFirstAccount, openBrowser, PHONE, person } from './browser.ts'

let program: RunningProgram
let browser: Browser
let page: Page
let context: BrowserContext
let trouble: string[]
const data = mkdtempSync(join(tmpdir(), 'perennial-customers-'))

const row = (name: string) => page.locator('tr[data-row]', { has: page.getByRole('link', { name }) })

describe.skipIf(!hasBrowser)('customers, in a browser', () => {
  beforeAll(async () => {
    chmodSync(data, 0o755)
    program = new RunningProgram(data)
    const [token, opened] = await Promise.all([program.start(), openBrowser()])
    browser = opened
    ;({ page, context, trouble } = await person(browser, program.url))
    await makeFirstAccount(page, token)
    const ask = <T>(path: string, body: object) =>
      page.request.post(path, { headers: { origin: program.url }, data: body }).then(answer => answer.json() as Promise<T>)
    const { key } = await ask<{ key: string }>('/api/keys', { kind: 'secret', name: 'server', role: 'admin' })
    const batch = Array.from({ length: 8 }, (_, i) => ({
      type: 'identify',
      userId: `U-${i}`,
      messageId: `m-${i}`,
      traits: {
        name: `Person ${i} ${'of a long name '.repeat(i)}`,
        email: `p${i}@shop.example`,
        country: i % 2 ? 'AT' : 'DE',
        [`t${i}`]: 'x'.repeat(60),
      },
    }))
    const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
    const answer = await fetch(`${program.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization },
      body: JSON.stringify({ batch }),
    })
    expect(answer.status).toBe(200)
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  test('a filter narrows the list, stands in the address, and is kept as a view with its columns', async () => {
    await expect
      .poll(
        async () => {
          const found = await page.request.get('/api/customers/count')
          return ((await found.json()) as { count: number }).count
        },
        { timeout: 60_000 },
      )
      .toBe(8)
    await page.goto('/customers')
    await row('Person 7').waitFor()
    await page.getByRole('button', { name: 'Filter', exact: true }).click()
    await page.getByRole('combobox', { name: 'Trait' }).fill('country')
    await page.getByRole('combobox', { name: 'Value' }).fill('DE')
    await page.getByRole('button', { name: 'Use' }).click()
    await page.getByText('4 customers', { exact: true }).waitFor()
    await row('Person 7').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'country' }).click()
    await page.getByRole('columnheader', { name: 'country' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Save view' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Germany')
    await page.getByRole('dialog').getByRole('button', { name: 'Save view' }).click()
    await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Germany' }).waitFor()
    await page.reload()
    await page.getByRole('columnheader', { name: 'country' }).waitFor()
    await page.getByText('4 customers', { exact: true }).waitFor()
    expect(await barriers(page)).toEqual([])
  }, 180_000)

  test('picked with the keyboard, they go onto a list and into a file', async () => {
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.getByText('1 picked').waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('Shift+X')
    await page.getByText('3 picked').waitFor()
    await page.getByRole('button', { name: 'Add to a list' }).click()
    await page.getByRole('combobox', { name: 'List' }).click()
    await page.getByRole('option', { name: 'A new list …' }).click()
    await page.getByLabel('Name of a new list').fill('Spring guests')
    expect(await barriers(page)).toEqual([])
    await page.getByRole('button', { name: 'Begin' }).click()
    await page.getByText('3 customers added to “Spring guests”').waitFor()
    await page.getByRole('checkbox', { name: 'Pick all that are shown' }).click()
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('button', { name: 'Begin' }).click()
    await page.getByText('The file with 4 customers is ready').waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page
        .getByRole('link', { name: /^Download/ })
        .first()
        .click(),
    ])
    const text = Buffer.concat(await (await download.createReadStream()).toArray()).toString()
    expect(text).toContain('country')
    expect(text.trim().split('\r\n').length).toBe(5)
  }, 180_000)

  test('a customer’s page says who told what, keeps a note, and finds it in what happened', async () => {
    await page.goto('/lists')
    await page.getByRole('link', { name: /^Spring guests/ }).click()
    await page.getByText('3 customers', { exact: true }).waitFor()
    await page.locator('tr[data-row] a').first().click()
    await page.getByRole('heading', { name: 'What is known' }).waitFor()
    await page
      .getByText(/^server, /)
      .first()
      .waitFor()
    await page.getByLabel('Write a note for colleagues').fill('Asked for the big kettle')
    await page.getByRole('button', { name: 'Keep the note' }).click()
    await page.getByText('Note by ann@shop.example').waitFor()
    await page.getByLabel('Find in what happened').fill('kettle')
    await page.getByRole('button', { name: /^Identified/ }).waitFor({ state: 'detached' })
    await page.getByLabel('Find in what happened').fill('')
    await page.getByRole('button', { name: /^Identified/ }).click()
    await page.getByText(/^received /).waitFor()
    expect(await barriers(page)).toEqual([])
  }, 180_000)

  test('on a phone in the dark the list and a customer fit', async () => {
    const visitor = await person(browser, program.url, {
      colorScheme: 'dark',
      viewport: PHONE,
      storageState: await context.storageState(),
    })
    for (const path of ['/customers?view=all', new URL(page.url()).pathname, '/lists']) {
      await visitor.page.goto(path)
      await visitor.page.getByRole('heading', { level: 1 }).waitFor({ timeout: 120_000 })
      expect([path, await barriers(visitor.page)]).toEqual([path, []])
      expect(await visitor.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width)
    }
    expect([...trouble, ...visitor.trouble]).toEqual([])
    await visitor.context.close()
  }, 180_000)
})
