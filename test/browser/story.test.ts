import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CustomerConsents } from '../../src/consent/contract.ts'
import { type PopulationAt } from '../../src/lifecycle/contract.ts'
import { RunningProgram } from '../running.ts'
import { hasBrowser, makeFirstAccount, openBrowser, person } from './browser.ts'

const CDNOW = fileURLToPath(new URL('../../../shared/data/cdnow_sample.txt', import.meta.url))

// Dates that may be read both ways, commas for the cents, and three rows that cannot go in.
const ORDERS = [
  'Bestellung;Kunde;E-Mail;Datum;Betrag',
  'A1;K1;ines@example.org;03/02/2024;1.234,50',
  'A2;K1;ines@example.org;05/03/2024;20,00',
  'A3;K1;ines@example.org;07/04/2024;25,00',
  'A4;K1;ines@example.org;08/05/2024;30,00',
  'A5;K2;jon@example.org;04/05/2024;10,00',
  'A6;K3;kim@example.org;06/05/2024;12,00',
  'A7;K4;lea@example.org;nie;12,00',
  'A8;K5;mo@example.org;06/05/2024;viel',
  'A9;;;06/05/2024;12,00',
].join('\n')

let program: RunningProgram
let browser: Browser
let page: Page
let trouble: string[]
const data = mkdtempSync(join(tmpdir(), 'perennial-browser-'))

const drop = (name: string, content: string) =>
  page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(content) })
const heading = (name: string | RegExp) => page.getByRole('heading', { name })
const figure = (name: string) =>
  page
    .locator('dl > div', { has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .innerText()

describe.skipIf(!hasBrowser)('from a file of orders to the stage map, in a browser', () => {
  beforeAll(async () => {
    chmodSync(data, 0o755)
    program = new RunningProgram(data)
    const [token, opened] = await Promise.all([program.start(), openBrowser()])
    browser = opened
    ;({ page, trouble } = await person(browser, program.url))
    await makeFirstAccount(page, token)
  })
  afterAll(async () => {
    await browser?.close()
    await program?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  test('an empty home invites to drop a file or to look around in a sample shop', async () => {
    await page.getByText('Drop a file', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Look around in a sample shop' }).waitFor()
  })

  test('a file that can be read two ways is asked about before anything is tried', async () => {
    await drop('bestellungen.csv', ORDERS)
    await heading('Which way round are the dates?').waitFor()
    await expect.poll(() => page.getByRole('button', { name: 'Try it out' }).isDisabled()).toBe(true)
    await page.getByRole('radio', { name: /Day, month, year/ }).click()
    await heading('Which way round are the dates?').waitFor({ state: 'detached' })
    await page.getByRole('cell', { name: '€1,234.50' }).waitFor()
  })

  test('the dry run counts what would happen, and hands back the rows that cannot go in with a reason each', async () => {
    await page.getByRole('button', { name: 'Try it out' }).click()
    await heading('What would happen').waitFor()
    await expect(figure('New orders')).resolves.toBe('6')
    await expect(figure('Customers')).resolves.toBe('3')
    await expect(figure('Rows that cannot go in')).resolves.toBe('3')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /3 rows and why/ }).click(),
    ])
    const rejects = await (await download.createReadStream()).toArray()
    const text = Buffer.concat(rejects).toString()
    for (const id of ['A7', 'A8', 'A9']) expect(text).toContain(id)
    expect(text).not.toContain('A6')
  })

  test('after the import the map shows everybody, on any day, and the day is in the address', async () => {
    await page.getByRole('button', { name: 'Bring in 6 orders' }).click()
    await page.getByRole('link', { name: 'See the stage map' }).click()
    await heading('Stage map').waitFor()
    await page.getByText(/On 8 May 2024: 3 customers/).waitFor()
    await page.goto('/lifecycle?to=2024-03-31')
    await page.getByText(/On 31 March 2024: 1 customer, 1 growing/).waitFor()
    await page.getByRole('button', { name: 'One week back' }).click()
    await page.getByText(/On 24 March 2024/).waitFor()
    expect(new URL(page.url()).searchParams.get('to')).toBe('2024-03-24')
    await page.goBack()
  })

  test('the slider can be moved with the keyboard', async () => {
    await page.goto('/lifecycle?to=2024-03-31')
    const slider = page.getByRole('slider')
    await slider.focus()
    await page.keyboard.press('ArrowLeft')
    await page.getByText(/On 30 March 2024/).waitFor()
    await page.waitForURL(/to=2024-03-30/)
  })

  test('a chart is a table too, and a file', async () => {
    const chart = page.locator('section', { has: heading('Population over time') })
    await chart.getByText('Table', { exact: true }).click()
    await chart.getByRole('columnheader', { name: 'Retention' }).waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), chart.getByRole('button', { name: /Download/ }).click()])
    const rows = Buffer.concat(await (await download.createReadStream()).toArray()).toString()
    expect(rows.split('\r\n')[0]).toContain('Conversion')
  })

  test('a stage leads to its customers on that day, a customer to their stage, why, and what time will do', async () => {
    await page.goto('/lifecycle?to=2024-05-08')
    await page.getByRole('link', { name: /^Loyalty: 1 customer/ }).click()
    await page.waitForURL(/stage=loyalty/)
    await page.getByRole('link', { name: /ines@example.org/ }).click()
    await heading('Why “Loyalty”').waitFor()
    await page.getByText('Stage at the end of 8 May 2024').waitFor()
    await page.getByText('If nothing happens').waitFor()
    await page.getByText('Order A4').first().waitFor()
    await page.getByText('€1,234.50').first().waitFor()
  })

  test('the same file again changes nothing, and an undo leaves nothing', async () => {
    await page.goto('/imports')
    await drop('bestellungen.csv', ORDERS)
    await page.getByRole('radio', { name: /Day, month, year/ }).click()
    await page.getByRole('button', { name: 'Try it out' }).click()
    await heading('What would happen').waitFor()
    await expect(figure('New orders')).resolves.toBe('0')
    await expect(figure('Orders already known')).resolves.toBe('6')
    await page.getByRole('button', { name: 'Throw this draft away' }).click()
    await page.waitForURL(/\/imports$/)
    await page.getByRole('link', { name: 'bestellungen.csv' }).click()
    await page.getByRole('button', { name: 'Undo this import' }).click()
    await page.getByRole('button', { name: 'Take them out' }).click()
    await page.getByText('has been taken out').waitFor()
    await page.getByRole('link', { name: 'Home', exact: true }).click()
    await heading('Welcome, Ann').waitFor()
  })

  test('a file of customers is seen as one, asks about consent, and brings both', async () => {
    await page.goto('/imports')
    await drop('people.csv', 'email,first name,last name,newsletter,city\nann@bee.test,Ann,Bee,yes,York\n,No,Body,yes,\n')
    await page.getByText('A file of customers').waitFor()
    await heading(/count as consent/).waitFor()
    await expect.poll(() => page.getByRole('button', { name: 'Try it out' }).isDisabled()).toBe(true)
    await page.getByRole('radio', { name: /Keep it as their consent/ }).click()
    await page.getByRole('cell', { name: 'yes to marketing by email' }).waitFor()
    await page.getByRole('button', { name: 'Try it out' }).click()
    await heading('What would happen').waitFor()
    await expect(figure('New or changed')).resolves.toBe('1')
    await expect(figure('Rows that cannot go in')).resolves.toBe('1')
    await page.getByText(/are kept until .*, then they are deleted/).waitFor()
    await page.getByRole('button', { name: 'Bring in 1 customer' }).click()
    await page.getByText('1 customer in the file, 1 of them new or changed.').waitFor()
    const consents = (await (await page.request.get('/api/customers/email:ann@bee.test/consents')).json()) as CustomerConsents
    expect(consents.now).toMatchObject([{ purpose: 'marketing', channel: 'email', status: 'granted' }])
    await page.getByRole('button', { name: 'Undo this import' }).click()
    await page.getByRole('button', { name: 'Take them out' }).click()
    await page.getByText('has been taken out').waitFor()
  })

  test.skipIf(!existsSync(CDNOW))('CDNOW’s customers stand on the map as the interface counts them', async () => {
    await page.goto('/imports')
    await page.locator('input[type=file]').setInputFiles(CDNOW)
    await page.getByRole('button', { name: 'Try it out' }).click()
    await page.getByRole('button', { name: 'Bring in 6,919 orders' }).click()
    await page.getByRole('link', { name: 'See the stage map' }).waitFor({ timeout: 120_000 })
    await page.goto('/lifecycle?to=1998-01-31')
    await page.getByText(/On 31 January 1998: 2,357 customers/).waitFor()
    const answer = await page.request.get('/api/lifecycle/models/primary/population?at=1998-01-31')
    const { stages } = (await answer.json()) as PopulationAt
    for (const { name, count } of stages) {
      const link = page.getByRole('link', { name: new RegExp(`^${name}: ${count} customer`) })
      await expect.poll(() => link.count(), { message: name }).toBe(1)
    }
  })

  test('nothing went wrong in the page, and nothing outside the program was asked', () => {
    expect(trouble).toEqual([])
  })
})
