import { readdirSync } from 'node:fs'
import { request } from 'node:http'
import { type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type ImportPage, type ImportView } from '../src/events/imports/contract.ts'
import { type Browser, browserOf, colleagueOf, foundedBy } from './access-server.ts'
import { testProgram } from './program.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const ORDERS = 'customer,date,amount\nann,2025-01-31,10.00\nbob,2025-02-01,20.50\nbob,2025-02-31,5\n'

let shop: Awaited<ReturnType<typeof testProgram>>
let owner: Browser
beforeAll(async () => {
  shop = await testProgram(NOW)
  owner = await foundedBy(shop.db, browserOf(shop.app))
})
afterAll(() => shop[Symbol.asyncDispose]())

const uploads = () => readdirSync(join(shop.program.data, 'uploads'))
const asForm = (name: string, content: string) => {
  const payload = `--cut\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n${content}\r\n--cut--\r\n`
  return { payload, headers: { 'content-type': 'multipart/form-data; boundary=cut' } }
}
const asBody = (content: string, type: string) => ({ payload: content, headers: { 'content-type': type } })

test('a file comes as a form or as the bare body, of whatever type its sender calls it', async () => {
  const form = await owner.post('/api/imports', undefined, asForm('../shop/orders 1.csv', ORDERS))
  expect([form.statusCode, form.json<ImportView>().fileName, form.json<ImportView>().state]).toEqual([
    201,
    'orders 1.csv',
    'draft',
  ])
  for (const type of [
    'text/csv',
    'text/plain',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    'application/gzip',
  ]) {
    const bare = await owner.post('/api/imports?name=orders.csv', undefined, asBody(ORDERS, type))
    expect([type, bare.statusCode, bare.json<ImportView>().fileName]).toEqual([type, 201, 'orders.csv'])
    expect((await owner.delete(`/api/imports/${bare.json<ImportView>().id}`)).statusCode).toBe(204)
  }
  expect(uploads()).toHaveLength(1)
  expect((await owner.delete(`/api/imports/${form.json<ImportView>().id}`)).statusCode).toBe(204)
  expect(uploads()).toHaveLength(0)
})

test('a request without a file, and a file without orders, are refused with a sentence', async () => {
  const problem = async (more: object) => {
    const answer = await owner.post('/api/imports', undefined, more)
    return [answer.statusCode, answer.json<{ code: string }>().code]
  }
  expect(await problem({})).toEqual([400, 'import.no_file'])
  expect(await problem(asBody('{"a":1}', 'application/json'))).toEqual([400, 'import.no_file'])
  expect(await problem({ payload: '--cut--\r\n', headers: { 'content-type': 'multipart/form-data; boundary=cut' } })).toEqual([
    400,
    'import.no_file',
  ])
  expect(await problem(asBody('', 'text/csv'))).toEqual([400, 'import.empty'])
  expect(await problem(asForm('photo.csv', '%PDF-1.7'))).toEqual([400, 'import.not_a_table'])
  expect(uploads()).toEqual([])
})

test('an upload that breaks off leaves nothing behind', async () => {
  await shop.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = shop.app.server.address() as AddressInfo
  const headers = {
    cookie: owner.cookie(),
    'sec-fetch-site': 'same-origin',
    'content-type': 'text/csv',
    'content-length': '100000',
  }
  const half = request({ port, host: '127.0.0.1', method: 'POST', path: '/api/imports', headers })
  half.on('error', () => {})
  half.write(ORDERS)
  await vi.waitFor(() => expect(uploads()).toHaveLength(1))
  half.destroy()
  await vi.waitFor(() => expect(uploads()).toHaveLength(0))
  expect((await owner.get('/api/imports')).json<ImportPage>().items).toEqual([])
})

test('a file is read, corrected, checked and listed; its rejected rows can be had as a file', async () => {
  const made = (await owner.post('/api/imports?name=orders.csv', undefined, asBody(ORDERS, 'text/csv'))).json<ImportView>()
  expect(made).toMatchObject({
    questions: [],
    mapping: { columns: { customer_id: 0, ordered_at: 1, amount: 2 }, dateOrder: 'ymd', timeZone: 'Europe/Berlin' },
  })
  expect(made.preview.map(row => [row.row, row.order?.amount ?? null, row.reason])).toEqual([
    [2, 1000, null],
    [3, 2050, null],
    [4, null, expect.stringContaining('“2025-02-31” is a date that does not exist')],
  ])
  const mapping = { ...made.mapping, currency: 'GBP' }
  expect((await owner.put(`/api/imports/${made.id}/mapping`, mapping)).json<ImportView>().preview[0]?.order?.currency).toBe('GBP')
  expect(
    (await owner.put(`/api/imports/${made.id}/mapping`, { ...mapping, currency: 'XXZ' })).json<{ code: string }>().code,
  ).toBe('company.currency_unknown')
  expect(
    (await owner.put(`/api/imports/${made.id}/mapping`, { ...mapping, timeZone: 'Mars/Base' })).json<{ code: string }>().code,
  ).toBe('company.time_zone_unknown')
  const rejects = await owner.get(`/api/imports/${made.id}/rejects.csv`)
  expect([rejects.statusCode, rejects.headers['content-type'], rejects.headers['content-disposition']]).toEqual([
    200,
    'text/csv; charset=utf-8',
    "attachment; filename*=UTF-8''orders-left-out.csv",
  ])
  const checking = await owner.post(`/api/imports/${made.id}/check`)
  expect([checking.statusCode, checking.json<ImportView>().state, checking.json<ImportView>().progress]).toEqual([
    202,
    'checking',
    0,
  ])
  expect((await owner.post(`/api/imports/${made.id}/start`)).statusCode).toBe(409)
  expect((await owner.delete(`/api/imports/${made.id}`)).statusCode).toBe(409)
  expect((await owner.post(`/api/imports/${made.id}/cancel`)).statusCode).toBe(202)
  const { items, next } = (await owner.get('/api/imports?limit=1')).json<ImportPage>()
  expect([items.map(item => item.id), next]).toEqual([[made.id], null])
  expect(JSON.stringify(items)).not.toContain('preview')
})

test('who may only read cannot bring anything in, nor see the rows that were left out', async () => {
  const { browser: viewer } = await colleagueOf(owner, browserOf(shop.app), 'vi@example.com', 'viewer')
  expect((await viewer.post('/api/imports', undefined, asBody(ORDERS, 'text/csv'))).statusCode).toBe(403)
  expect((await viewer.post('/api/sample-shop')).statusCode).toBe(403)
  expect((await viewer.get('/api/imports/1/rejects.csv')).statusCode).toBe(403)
  expect(uploads().length).toBeLessThanOrEqual(1)
})

test('who sees that data arrives does not see whose it is', async () => {
  const made = (await owner.post('/api/imports', undefined, asBody(ORDERS, 'text/csv'))).json<ImportView>()
  expect(made.preview.length).toBeGreaterThan(0)
  const { browser: analyst } = await colleagueOf(owner, browserOf(shop.app), 'ana@example.com', 'analyst')
  const seen = (await analyst.get(`/api/imports/${made.id}`)).json<ImportView>()
  expect([seen.fileName, seen.preview, seen.columns.flatMap(column => column.samples)]).toEqual([made.fileName, [], []])
})

test('what is not there is not found', async () => {
  expect((await owner.get('/api/imports/999999')).json<{ code: string }>().code).toBe('import.not_found')
  expect((await owner.get('/api/imports/abc')).statusCode).toBe(400)
  expect((await owner.delete('/api/sample-shop')).json()).toBeNull()
})
