import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CustomerPage } from '../../src/customers/contract.ts'
import { RunningProgram } from '../running.ts'
import { barriers, DESKTOP, hasBrowser, makeFirstAccount, openBrowser, PHONE, person } from './browser.ts'

let program: RunningProgram
let browser: Browser
let page: Page
let context: BrowserContext
let trouble: string[]
let customer: CustomerPage['items'][number]
const data = mkdtempSync(join(tmpdir(), 'perennial-pages-'))

const PAGES: [name: string, path: () => string, isThere: string][] = [
  ['home', () => '/', 'Where everybody stands'],
  ['the stage map', () => '/lifecycle', 'Population over time'],
  ['the customers', () => '/customers', 'Customers'],
  ['a customer', () => `/customers/${customer.id}`, 'Stages over time'],
  ['the products', () => '/products', 'Products'],
  ['the imports', () => '/imports', 'Imports so far'],
  ['the spend', () => '/spend', 'No spend is known yet'],
  ['the team', () => '/settings/team', 'What each role sees'],
  ['the keys', () => '/settings/keys', 'Keys'],
  ['the sources', () => '/settings/data', 'Files'],
  ['live events', () => '/settings/live', 'Live events'],
  ['the catalogue', () => '/settings/data/events', 'Event catalogue'],
  ['the rules', () => '/settings/data/rules', 'Rules in force'],
  ['the company', () => '/settings/company', 'Company'],
  ['the trail', () => '/settings/audit', 'Audit'],
  ['the account', () => '/account', 'Where you are signed in'],
]
// Both schemes and both sizes; the checker is slow, so not each with each.
const LOOKS = [
  { look: 'in the light', colorScheme: 'light', viewport: DESKTOP },
  { look: 'on a phone in the dark', colorScheme: 'dark', viewport: PHONE },
] as const

const heading = (on: Page, name: string) => on.getByRole('heading', { name }).first()

describe.skipIf(!hasBrowser)('every page', () => {
  beforeAll(async () => {
    chmodSync(data, 0o755)
    program = new RunningProgram(data)
    const [token, opened] = await Promise.all([program.start(), openBrowser()])
    browser = opened
    ;({ page, context, trouble } = await person(browser, program.url))
    await makeFirstAccount(page, token)
    await page.getByRole('button', { name: 'Look around in a sample shop' }).click()
    await page.getByRole('link', { name: 'See the stage map' }).waitFor({ timeout: 120_000 })
    const answer = await page.request.get('/api/customers?stage=loyalty&limit=1')
    const [first] = ((await answer.json()) as CustomerPage).items
    if (!first) throw new Error('The sample shop has no loyal customer')
    customer = first
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  test.each(LOOKS)(
    'can be used by everybody $look',
    async ({ colorScheme, viewport }) => {
      const storageState = await context.storageState()
      const visitor = await person(browser, program.url, { colorScheme, viewport, storageState })
      for (const [name, path, isThere] of PAGES) {
        await visitor.page.goto(path())
        await heading(visitor.page, isThere).waitFor()
        expect(await barriers(visitor.page), name).toEqual([])
      }
      expect(visitor.trouble).toEqual([])
      await visitor.context.close()
    },
    120_000,
  )

  test.each(LOOKS)('has a door that can be used by everybody $look', async ({ colorScheme, viewport }) => {
    const visitor = await person(browser, program.url, { colorScheme, viewport })
    await visitor.page.goto('/lifecycle')
    await visitor.page.waitForURL(/\/sign-in\?next=/)
    await heading(visitor.page, 'Welcome back').waitFor()
    expect(await barriers(visitor.page)).toEqual([])
    await visitor.context.close()
  })

  test('never needs to be scrolled sideways on a phone', async () => {
    const visitor = await person(browser, program.url, { viewport: PHONE, storageState: await context.storageState() })
    for (const [name, path, isThere] of PAGES) {
      await visitor.page.goto(path())
      await heading(visitor.page, isThere).waitFor()
      const width = await visitor.page.evaluate<number>('document.documentElement.scrollWidth')
      expect(width, name).toBeLessThanOrEqual(PHONE.width)
    }
    await visitor.context.close()
  }, 180_000)

  test('is reached by keyboard: Ctrl K finds a customer, G and a letter a page, ? the list of keys', async () => {
    await page.goto('/')
    await heading(page, 'Where everybody stands').waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('l')
    await heading(page, 'Stage map').waitFor()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    expect(await barriers(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Find a customer or a page').fill(customer.label)
    await page
      .getByRole('dialog')
      .getByText(customer.email ?? '')
      .waitFor()
    expect(await barriers(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/customers\/\d+/)
    await page.goto('/customers')
    await heading(page, 'Customers').waitFor()
    await page.locator('input[data-search]').waitFor()
    await page.keyboard.press('/')
    await page.locator('input[data-search]:focus').waitFor()
  }, 180_000)

  test('follows the appearance that was chosen', async () => {
    await page.goto('/')
    await page.getByRole('button', { name: 'Account of Ann Fern' }).click()
    await page.getByText('Dark', { exact: true }).click()
    await expect.poll(() => page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark')
    await page.reload()
    await expect.poll(() => page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark')
  })

  test('keeps the chosen period from page to page', async () => {
    await page.goto('/?period=30d&compare=none')
    await page.getByRole('link', { name: 'Open the stage map' }).click()
    await page.waitForURL(/period=30d/)
    expect(page.url()).toContain('compare=none')
  })

  test('shows an invited viewer what their role may see, and no more', async () => {
    await page.goto('/settings/team')
    await page.getByRole('button', { name: 'Invite a colleague' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Name').fill('Vi Ewer')
    await form.getByLabel('Email').fill('vi@shop.example')
    await form.getByLabel('Role').click()
    await page.getByRole('option', { name: /^Viewer/ }).click()
    await form.getByRole('button', { name: 'Make the link' }).click()
    const link = await page.locator('[data-secret]').innerText()

    const visitor = await person(browser, program.url)
    await visitor.page.goto(link)
    await heading(visitor.page, 'You are expected').waitFor()
    expect(await barriers(visitor.page)).toEqual([])
    await visitor.page.getByLabel('Password', { exact: true }).fill('to see and not to touch')
    await visitor.page.getByRole('button', { name: 'Open the account' }).click()
    await heading(visitor.page, 'Where everybody stands').waitFor()
    const pages = visitor.page.getByRole('navigation', { name: 'Pages' })
    await expect.poll(() => pages.getByRole('link', { name: 'Customers' }).count()).toBe(1)
    for (const hidden of ['Data', 'Team', 'Keys', 'Audit'])
      await expect.poll(() => pages.getByRole('link', { name: hidden }).count(), { message: hidden }).toBe(0)
    await visitor.page.goto(`/customers/${customer.id}`)
    await visitor.page.getByText('Your role sees no contact details.').waitFor()
    await expect.poll(() => visitor.page.getByText('@example.com').count()).toBe(0)
    // The link has done its work.
    await visitor.page.goto(link)
    await heading(visitor.page, 'This link is used up').waitFor()
    await visitor.context.close()
  })

  test('says in words what was wrong with a password', async () => {
    const visitor = await person(browser, program.url)
    await visitor.page.goto('/sign-in')
    await visitor.page.getByLabel('Email').fill('ann@shop.example')
    await visitor.page.getByLabel('Password', { exact: true }).fill('not this one at all')
    await visitor.page.getByRole('button', { name: 'Sign in' }).click()
    await visitor.page.getByRole('alert').getByText('The email address or the password is wrong.').waitFor()
    await visitor.context.close()
  })

  test('worked without an error, and asked nothing outside the program', () => {
    expect(trouble).toEqual([])
  })
})
