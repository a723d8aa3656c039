import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']
const found = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap(folder => NAMES.map(name => join(folder, name)))
  .find(path => existsSync(path))

/** Without a browser these tests say so and are skipped; `npm test` installs one where it may. */
export const hasBrowser = found !== undefined

export const DESKTOP = { width: 1440, height: 900 }
export const PHONE = { width: 390, height: 844 }

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    ...(found !== undefined && { executablePath: found }),
    args: [
      '--no-sandbox',
      '--headless',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

/**
 * A person in front of the program. Nothing moves for them, so that a look at the page is a look at its rest;
 * what went wrong in the page, and every address outside the program, is kept in `trouble`.
 */
export async function person(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; context: BrowserContext; trouble: string[] }> {
  const context = await browser.newContext({
    baseURL: url,
    viewport: DESKTOP,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    acceptDownloads: true,
    ...options,
  })
  context.setDefaultTimeout(45_000)
  const trouble: string[] = []
  const page = await context.newPage()
  page.on('pageerror', error => trouble.push(error.message))
  page.on('request', request => {
    const address = request.url()
    if (!address.startsWith(url) && !/^(data|blob|about):/.test(address)) trouble.push(`asked ${address}`)
  })
  return { page, context, trouble }
}

const AT_REST_TRIES = 12
const AT_REST_MS = 400

/**
 * What the accessibility checker finds on the page at its rest, one line each. While something is on its way a page is dimmed here
 * and there; what is still found when it has had time enough is a barrier.
 */
export async function barriers(page: Page): Promise<string[]> {
  await page.waitForLoadState('networkidle')
  let found = await barriersNow(page)
  for (let tries = 0; found.length > 0 && tries < AT_REST_TRIES; tries++) {
    await page.waitForTimeout(AT_REST_MS)
    found = await barriersNow(page)
  }
  return found
}

async function barriersNow(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`))
}

export const OWNER = { name: 'Ann Fern', email: 'ann@shop.example', password: 'a quiet garden grows' }

/** Follows the printed one-time link and makes the first account. Ends on the home page. */
export async function makeFirstAccount(page: Page, token: string | undefined): Promise<void> {
  await page.goto(`/setup?token=${token}`)
  await page.getByLabel('Your name').fill(OWNER.name)
  await page.getByLabel('Email').fill(OWNER.email)
  await page.getByLabel('Password', { exact: true }).fill(OWNER.password)
  await page.getByLabel('Company').fill('Fern & Sons')
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.getByRole('heading', { name: 'Welcome, Ann' }).waitFor()
}
