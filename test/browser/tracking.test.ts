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
let key: string
const data = mkdtempSync(join(tmpdir(), 'perennial-live-'))

const send = async (batch: unknown[]) => {
  const authorization = `Basic ${Buffer.from(`${key}:`).toString('base64')}`
  const answer = await fetch(`${program.url}/v1/batch`, {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify({ batch }),
  })
  expect(answer.status).toBe(200)
}
const bought = (orderId: string, userId: string) => ({
  type: 'track',
  userId,
  event: `Bought ${orderId}`,
  messageId: orderId,
  properties: { order_id: orderId },
})
const card = (name: string) => page.locator('section', { has: page.getByRole('heading', { name }) })

describe.skipIf(!hasBrowser)('live events, in a browser', () => {
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

  test('a new write key leads to where its events arrive, and how to send them', async () => {
    await page.goto('/settings/keys')
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Name').fill('Web shop')
    await page.getByRole('button', { name: 'Make the key' }).click()
    key = await page.locator('[data-secret]').innerText()
    await page.getByRole('link', { name: 'See its events arrive' }).click()
    await page.getByRole('heading', { name: 'Waiting for the first event' }).waitFor()
    await page.getByRole('tab', { name: 'curl' }).click()
    await page.getByText(`curl ${program.url}/v1/track`).waitFor()
    expect(await barriers(page)).toEqual([])
  })

  test('what arrives appears by itself, unless it is paused, and opens to its content', async () => {
    await send([bought('first', '17'), bought('second', 'null')])
    const live = card('Arriving now')
    await live.getByRole('button', { name: /^Bought first/ }).click()
    await live.getByText('"order_id": "first"').waitFor()
    await live.getByText('Set aside', { exact: true }).first().click()
    await live.getByRole('button', { name: /^Bought first/ }).waitFor({ state: 'detached' })
    await live.getByText('All', { exact: true }).click()
    await live.getByRole('button', { name: 'Pause' }).click()
    await send([bought('third', '18')])
    // By the time another page has loaded and asked twice, this one would have asked as well.
    const other = await context.newPage()
    await other.goto('/settings/live')
    await other.getByRole('button', { name: /^Bought third/ }).waitFor()
    await send([bought('fifth', '18')])
    await other.getByRole('button', { name: /^Bought fifth/ }).waitFor()
    await other.close()
    await expect.poll(() => live.getByRole('button', { name: /^Bought third/ }).count()).toBe(0)
    await live.getByRole('button', { name: 'Go on' }).click()
    await live.getByRole('button', { name: /^Bought third/ }).waitFor()
  })

  test('an event that was set aside says why, and goes in when it is corrected', async () => {
    const aside = card('Set aside').last()
    await aside.getByRole('button', { name: /^Bought second.*The id is a placeholder/ }).click()
    expect(await barriers(page)).toEqual([])
    await aside.getByRole('button', { name: 'Correct and replay' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Content').fill('{"type":')
    await form.getByText(/^This is not JSON yet/).waitFor()
    expect(await barriers(page)).toEqual([])
    await form.getByLabel('Content').fill(JSON.stringify(bought('second', 'null')))
    await form.getByRole('button', { name: 'Replay' }).click()
    await form.getByRole('alert').getByText('This event cannot be used yet.').waitFor()
    await form.getByLabel('Content').fill(JSON.stringify(bought('second', '19')))
    await form.getByRole('button', { name: 'Replay' }).click()
    await page.getByText('The event is on its way to its customer').waitFor()
    await aside.getByRole('button', { name: /^Bought second/ }).waitFor({ state: 'detached' })
  })

  test('who sees no contact details sees that something was set aside, not what it said', async () => {
    await send([bought('sixth', 'null')])
    const invited = await page.request.post('/api/users', {
      headers: { origin: program.url },
      data: { email: 'dev@shop.example', name: 'Dev Eloper', role: 'developer' },
    })
    const { link } = (await invited.json()) as { link: string }
    const visitor = await person(browser, program.url)
    await visitor.page.goto(link)
    await visitor.page.getByLabel('Password', { exact: true }).fill('to see and not to touch')
    await visitor.page.getByRole('button', { name: 'Open the account' }).click()
    await visitor.page.getByRole('link', { name: 'Data', exact: true }).click()
    await visitor.page.getByRole('link', { name: 'Live events' }).click()
    const aside = visitor.page.locator('section', { has: visitor.page.getByRole('button', { name: 'Delete all' }) })
    await aside.getByRole('button', { name: /^Bought sixth/ }).click()
    await aside.getByText('Your role does not see what events say').waitFor()
    await expect.poll(() => aside.getByRole('button', { name: 'Correct and replay' }).count()).toBe(0)
    await aside.getByRole('button', { name: 'Delete Bought sixth' }).click()
    await aside.waitFor({ state: 'detached' })
    await visitor.context.close()
  })

  test('companies appear as soon as somebody belongs to one, with their people, and on the people’s pages', async () => {
    const navigation = page.getByRole('navigation', { name: 'Pages' })
    await page.goto('/customers')
    await navigation.getByRole('link', { name: 'Customers' }).waitFor()
    expect(await navigation.getByRole('link', { name: 'Companies' }).count()).toBe(0)
    const member = (userId: string, name: string) => [
      { type: 'identify', userId, messageId: `who ${userId}`, traits: { name } },
      { type: 'group', userId, groupId: 'acme', messageId: `group ${userId}`, traits: { name: 'Acme Tea', industry: 'Tea' } },
    ]
    await send([
      ...member('c1', 'Cyd Moss'),
      ...member('c2', 'Dora Reed'),
      { type: 'track', userId: 'c2', event: 'Group Left', properties: { groupId: 'acme' }, messageId: 'left' },
      { type: 'group', userId: 'c3', groupId: 'undefined', messageId: 'placeholder' },
    ])
    await expect
      .poll(async () => (await context.request.get('/api/companies/external:acme')).ok(), { timeout: 60_000, interval: 100 })
      .toBe(true)
    await page.reload()
    await navigation.getByRole('link', { name: 'Companies' }).click()
    await page.getByLabel('Company or its id').fill('tea')
    await page.getByRole('link', { name: 'Acme Tea' }).waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByRole('link', { name: 'Acme Tea' }).click()
    await page.getByRole('heading', { name: 'Acme Tea' }).waitFor()
    await page.getByText('Industry').waitFor()
    await page.getByText('1 person left').waitFor()
    await page.getByText('Left', { exact: true }).click()
    await page.getByRole('link', { name: 'Dora Reed' }).waitFor()
    await page.getByText('Belong to it', { exact: true }).click()
    await page.getByRole('link', { name: 'Dora Reed' }).waitFor({ state: 'detached' })
    expect(await barriers(page)).toEqual([])
    await page.getByRole('link', { name: 'Cyd Moss' }).click()
    await page.getByRole('heading', { name: 'Companies' }).waitFor()
    await page.getByRole('main').getByRole('link', { name: 'Acme Tea' }).waitFor()
    // The group call with a placeholder made no company of all that have none.
    await page.goto('/companies')
    await page.getByText('That is the only one').waitFor()
    await page.goto('/settings/live')
    const aside = card('Set aside')
    await aside.getByText('The id is a placeholder').first().waitFor()
    await context.request.delete('/api/tracking/quarantine?reason=placeholder_id', {
      headers: { 'sec-fetch-site': 'same-origin' },
    })
  }, 180_000)

  test('on a phone in the dark what was set aside can be deleted', async () => {
    await send([bought('fourth', 'null'), { type: 'track', event: 'Of nobody' }])
    const visitor = await person(browser, program.url, {
      colorScheme: 'dark',
      viewport: PHONE,
      storageState: await context.storageState(),
    })
    await visitor.page.goto('/settings/live')
    const aside = visitor.page.locator('section', { has: visitor.page.getByRole('button', { name: 'Delete all' }) })
    await aside.getByRole('button', { name: /^Of nobody/ }).click()
    expect(await barriers(visitor.page)).toEqual([])
    expect(await visitor.page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(PHONE.width)
    await aside.getByRole('button', { name: 'Delete all with this reason' }).click()
    await visitor.page.getByRole('dialog').getByRole('button', { name: 'Delete them' }).click()
    await visitor.page.getByText('One event deleted').waitFor()
    await aside.getByRole('button', { name: /^Bought fourth/ }).click()
    await aside.getByRole('button', { name: 'Delete Bought fourth' }).click()
    await visitor.page.getByRole('heading', { name: 'Set aside' }).waitFor({ state: 'detached' })
    expect([...trouble, ...visitor.trouble]).toEqual([])
    await visitor.context.close()
  })
})
