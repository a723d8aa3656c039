import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RunningProgram } from '../running.ts'
import { shopifyOrder, shopifyRefund, signed } from '../shop-bodies.ts'
import { barriers, hasBrowser, makeFirstAccount, openBrowser, PHONE, person } from './browser.ts'

let program: RunningProgram
let browser: Browser
let page: Page
let trouble: string[]
const data = mkdtempSync(join(tmpdir(), 'perennial-shops-'))
const SECRET = 'shpss_of_the_shop'
const HOUR = 3_600_000

describe.skipIf(!hasBrowser)('shops, in a browser', () => {
  beforeAll(async () => {
    chmodSync(data, 0o755)
    program = new RunningProgram(data)
    const [token, opened] = await Promise.all([program.start(), openBrowser()])
    browser = opened
    ;({ page, trouble } = await person(browser, program.url))
    await makeFirstAccount(page, token)
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  test('a shop is connected, refused while the secret is missing, and then its orders are seen to arrive', async () => {
    await page.goto('/settings/shops')
    await page.getByRole('button', { name: 'Connect a shop' }).click()
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Fern, Graz')
    await page.getByRole('button', { name: 'Open an address for it' }).click()
    await page.getByRole('heading', { name: 'How to set it up' }).waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByText('Needs its secret').waitFor()
    const path = new URL(await page.locator('pre').first().innerText()).pathname
    const now = Date.now()
    const send = async (topic: string, body: object) => {
      const text = JSON.stringify(body)
      return (await fetch(`${program.url}${path}`, { method: 'POST', body: text, headers: signed.shopify(SECRET, text, topic) }))
        .status
    }
    expect(await send('orders/create', shopifyOrder(now - HOUR, now - HOUR))).toBe(401)
    await page.getByText('One request was refused').waitFor()
    await page.getByLabel('Secret', { exact: true }).fill(SECRET)
    await page.getByRole('button', { name: 'Keep the secret' }).click()
    await page.getByText('Waiting for the first delivery').waitFor()
    expect(await send('orders/create', shopifyOrder(now - HOUR, now - HOUR))).toBe(200)
    await page.getByRole('button', { name: /^orders\/create Accepted/ }).click()
    await page.getByText('"total_price": "24.50"').waitFor()
    expect(await barriers(page)).toEqual([])
  }, 180_000)

  test('what was delivered before a restart counts once after it, also when the shop sends it again', async () => {
    const now = Date.now()
    const { items } = await program.ask<{ items: { address: string }[] }>('GET', '/api/shops').catch(async () => {
      // The page's account, for this process too.
      await program.ask('POST', '/api/session', { email: 'ann@shop.example', password: 'a quiet garden grows' })
      return program.ask<{ items: { address: string }[] }>('GET', '/api/shops')
    })
    const path = new URL(items[0]?.address ?? '').pathname
    const order = JSON.stringify(
      shopifyOrder(now - HOUR, now - HOUR, { id: 2, name: '#1002', email: 'bo@example.com', customer: null }),
    )
    const refund = JSON.stringify({ ...shopifyRefund(now - 60_000, '4.50'), order_id: 2 })
    const send = async (body: string, topic: string) =>
      (
        await fetch(`${program.url}${path}`, {
          method: 'POST',
          body,
          headers: signed.shopify(SECRET, body, topic, `restart ${topic}`),
        })
      ).status
    expect(await Promise.all([send(refund, 'refunds/create'), send(order, 'orders/create')])).toEqual([200, 200])
    await program.kill()
    await program.start()
    expect(await Promise.all([send(refund, 'refunds/create'), send(order, 'orders/create')])).toEqual([200, 200])
    const bo = () =>
      program
        .ask<{ orders: number; revenue: { amount: number }[] }>('GET', '/api/customers/email:bo@example.com')
        .then(({ orders, revenue }) => [orders, revenue[0]?.amount])
        .catch(() => null)
    await expect.poll(bo, { timeout: 10_000 }).toEqual([1, 2_000])
  }, 180_000)

  test('a webhook of another system is mapped beside what it would become, and what was held is read', async () => {
    const made = await program.ask<{ id: string; address: string }>('POST', '/api/shops', { kind: 'generic', name: 'Till' })
    const path = new URL(made.address).pathname
    const told = { receipt: { no: 'R1', sum: 12.5 }, member: 'cy@example.com' }
    expect((await fetch(`${program.url}${path}`, { method: 'POST', body: JSON.stringify(told) })).status).toBe(200)
    const visitor = await person(browser, program.url, { colorScheme: 'dark', viewport: PHONE })
    await visitor.page.goto(`/settings/shops/${made.id}`)
    await visitor.page.getByLabel('Email').fill('ann@shop.example')
    await visitor.page.getByLabel('Password', { exact: true }).fill('a quiet garden grows')
    await visitor.page.getByRole('button', { name: 'Sign in' }).click()
    const field = (name: string) => visitor.page.getByRole('combobox', { name, exact: true })
    await field('Name of the event').fill('Order Completed')
    await visitor.page.keyboard.press('Escape')
    await field('Path of the id').fill('member')
    await visitor.page.keyboard.press('Escape')
    await visitor.page.getByText('An order event needs the number of the order.').waitFor()
    await visitor.page.getByRole('button', { name: 'Order and money' }).click()
    await field('Order number').fill('receipt.no')
    await visitor.page.keyboard.press('Escape')
    await field('Amount').fill('receipt.s')
    await visitor.page.getByRole('option', { name: 'receipt.sum' }).click()
    await visitor.page.getByText('€12.50').waitFor()
    expect(await visitor.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width)
    expect(await barriers(visitor.page)).toEqual([])
    await visitor.page.getByRole('button', { name: 'Save the mapping' }).click()
    await visitor.page.getByRole('button', { name: 'Read them now' }).click()
    await visitor.page.getByText('1 read again, 1 accepted').waitFor()
    expect([...trouble, ...visitor.trouble]).toEqual([])
    await visitor.context.close()
  }, 180_000)
})
