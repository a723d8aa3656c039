import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { accessServer, type Browser, colleagueOf, foundedBy, NOON, PASSWORD, SHOP } from '../../test/access-server.ts'
import { type Db } from '../platform/postgres.ts'
import { type TestStores, testStores } from '../platform/testing.ts'
import { type AuditEntry, type CreatedKey, type KeyView, type Session, type SessionView, type UserView } from './contract.ts'
import { addUser, byCommandLine, createKey, firstAccountToken } from './index.ts'
import { AGE_MS_MAX, IDLE_MS_MAX } from './sessions/lifetime.ts'
import { WINDOW_MS } from './sessions/tries.ts'
import { changeUser } from './users/index.ts'

let stores: TestStores
let db: Db
let server: Awaited<ReturnType<typeof accessServer>>
let owner: Browser
beforeAll(async () => {
  stores = await testStores()
  db = stores.db
  server = await accessServer(db)
})
afterAll(async () => {
  await server.app.close()
  await stores[Symbol.asyncDispose]()
})
beforeEach(async () => {
  // The trail's own trigger refuses this, as it should: only its owner may switch that off.
  await sql`alter table audit_entry disable trigger all`.execute(db)
  await sql`truncate user_account, session, account_link, api_key, sign_in_tries, audit_entry, company cascade`.execute(db)
  await sql`alter table audit_entry enable trigger all`.execute(db)
  server.clock.set(NOON)
  owner = await foundedBy(db, server.browser())
})

const EMAIL = 'ada@example.com'
const right = { email: EMAIL, password: PASSWORD }
const wrong = { email: EMAIL, password: 'wrong horse battery staple' }
const trail = async () => (await owner.get('/api/audit?limit=200')).json<{ items: AuditEntry[] }>().items
const codeOf = (answer: { json: <T>() => T }) => answer.json<{ code: string }>().code

test('the first link makes one owner and the company, and then never again', async () => {
  const session = (await owner.get('/api/session')).json<Session>()
  expect(session.user).toMatchObject({ email: EMAIL, name: 'Ada', role: 'owner' })
  expect(session.company).toEqual(SHOP)
  expect(await firstAccountToken(db, NOON)).toBeNull()
})

test('of two people who use the first link at once, one gets in', async () => {
  await sql`truncate user_account, account_link, company cascade`.execute(db)
  const token = await firstAccountToken(db, NOON)
  const setup = (email: string) =>
    server.browser().post('/api/setup', { token, email, name: 'Eve', password: PASSWORD, company: SHOP })
  const answers = await Promise.all([setup('one@example.com'), setup('two@example.com')])
  expect(answers.map(answer => answer.statusCode).sort()).toEqual([200, 410])
  expect((await server.browser().get(`/api/setup?token=${token}`)).json()).toEqual({
    open: false,
    kind: null,
    email: null,
    name: null,
  })
})

test('a new start prints a new first link, and the one before no longer opens', async () => {
  await sql`truncate user_account, account_link, company cascade`.execute(db)
  const [before, after] = [await firstAccountToken(db, NOON), await firstAccountToken(db, NOON)]
  const isOpen = async (token: string | null) =>
    (await server.browser().get(`/api/setup?token=${token}`)).json<{ open: boolean }>().open
  expect([await isOpen(before), await isOpen(after), await isOpen('guessed')]).toEqual([false, true, false])
})

test('a first account with a wrong time zone leaves nothing behind, and the link stays good', async () => {
  await sql`truncate user_account, account_link, company cascade`.execute(db)
  const token = await firstAccountToken(db, NOON)
  const setup = { token, email: EMAIL, name: 'Ada', password: PASSWORD, company: { ...SHOP, timeZone: 'Mars/Olympus' } }
  const refused = await server.browser().post('/api/setup', setup)
  expect([refused.statusCode, codeOf(refused)]).toEqual([400, 'company.time_zone_unknown'])
  expect((await server.browser().post('/api/setup', { ...setup, company: SHOP })).statusCode).toBe(200)
})

test('an email address is the same in capitals', async () => {
  expect((await server.browser().post('/api/session', { ...right, email: 'ADA@Example.com' })).statusCode).toBe(200)
  const invited = await owner.post('/api/users', { email: 'Ada@EXAMPLE.com', name: 'Ada', role: 'viewer' })
  expect(codeOf(invited)).toBe('access.email_taken')
})

test('a wrong password, an unknown account, an inactive and an invited one are told the same', async () => {
  const gone = await colleagueOf(owner, server.browser(), 'gone@example.com', 'viewer')
  await owner.patch(`/api/users/${gone.id}`, { isActive: false })
  await owner.post('/api/users', { email: 'invited@example.com', name: 'Invited', role: 'viewer' })
  const answers = []
  for (const tried of [
    wrong,
    ...['nobody', 'gone', 'invited'].map(name => ({ email: `${name}@example.com`, password: PASSWORD })),
  ]) {
    const { requestId, ...told } = (await server.browser().post('/api/session', tried)).json<Record<string, unknown>>()
    answers.push(told)
  }
  expect(answers[0]).toMatchObject({ status: 401, code: 'access.wrong_credentials' })
  expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1)
})

test('after ten wrong passwords even the right one has to wait, and a quarter of an hour later it opens', async () => {
  const browser = server.browser()
  for (let tries = 0; tries < 10; tries++) expect((await browser.post('/api/session', wrong)).statusCode).toBe(401)
  server.clock.forward(60_000)
  const refused = await browser.post('/api/session', right)
  expect([refused.statusCode, codeOf(refused), refused.headers['retry-after']]).toEqual([
    429,
    'request.too_many',
    String((WINDOW_MS - 60_000) / 1000),
  ])
  server.clock.forward(WINDOW_MS - 60_000)
  expect((await browser.post('/api/session', right)).statusCode).toBe(200)
  expect((await trail()).filter(({ action }) => action === 'session.too_many')).toHaveLength(1)
})

test('wrong passwords given at the same time are all counted', async () => {
  const answers = await Promise.all(Array.from({ length: 14 }, () => server.browser().post('/api/session', wrong)))
  expect(answers.filter(({ statusCode }) => statusCode === 429)).toHaveLength(4)
})

test('a right password makes the earlier wrong ones forgotten', async () => {
  for (let round = 0; round < 3; round++) {
    for (let tries = 0; tries < 5; tries++) await server.browser().post('/api/session', wrong)
    expect((await server.browser().post('/api/session', right)).statusCode).toBe(200)
  }
})

test('one address that tries many accounts is stopped, and other addresses are not', async () => {
  const from = (remoteAddress: string, name: string) =>
    server.browser().post('/api/session', { email: `${name}@example.com`, password: PASSWORD }, { remoteAddress })
  for (let tries = 0; tries < 50; tries++) await from(`2001:db8:1:1::${tries}`, `someone-${tries}`)
  expect((await from('2001:db8:1:1:abcd::', 'someone-else')).statusCode).toBe(429)
  expect((await from('2001:db8:1:2::1', 'someone-else')).statusCode).toBe(401)
})

test('a session ends eight hours after its last request, and after seven days in any case', async () => {
  const status = async () => (await owner.get('/api/session')).statusCode
  server.clock.forward(IDLE_MS_MAX - 1)
  expect(await status()).toBe(200)
  server.clock.forward(IDLE_MS_MAX - 1)
  expect(await status()).toBe(200)
  server.clock.forward(IDLE_MS_MAX)
  expect(await status()).toBe(401)

  await owner.post('/api/session', right)
  const end = server.clock.now() + AGE_MS_MAX
  while (server.clock.now() + IDLE_MS_MAX / 2 < end) {
    server.clock.forward(IDLE_MS_MAX / 2)
    expect(await status()).toBe(200)
  }
  server.clock.set(end)
  expect(await status()).toBe(401)
})

test('signing in gives a new cookie and ends the session that the browser had', async () => {
  const before = owner.cookie()
  await owner.post('/api/session', right)
  expect(owner.cookie()).not.toBe(before)
  expect((await server.browser(before).get('/api/session')).statusCode).toBe(401)
})

test('signing out ends the session itself, not only the cookie', async () => {
  const cookie = owner.cookie()
  const answer = await owner.delete('/api/session')
  expect([answer.statusCode, answer.cookies[0]?.value]).toEqual([204, ''])
  expect((await server.browser(cookie).get('/api/session')).statusCode).toBe(401)
})

test('one sees where one is signed in, and can end it there', async () => {
  const other = server.browser()
  await other.post('/api/session', right, { headers: { 'user-agent': 'Phone' } })
  const { items } = (await owner.get('/api/sessions')).json<{ items: SessionView[] }>()
  expect(items.map(({ isThis, agent }) => [isThis, agent])).toContainEqual([false, 'Phone'])
  const phone = items.find(({ agent }) => agent === 'Phone')
  expect((await owner.delete(`/api/sessions/${phone?.id}`)).statusCode).toBe(204)
  expect((await other.get('/api/session')).statusCode).toBe(401)
  const stranger = await colleagueOf(owner, server.browser(), 'eve@example.com', 'admin')
  const mine = items.find(({ isThis }) => isThis)
  expect(codeOf(await stranger.browser.delete(`/api/sessions/${mine?.id}`))).toBe('access.session_not_found')
})

test('a changed password ends every other session, and needs the present one', async () => {
  const other = server.browser()
  await other.post('/api/session', right)
  expect(
    codeOf(await owner.put('/api/session/password', { current: 'not it at all', password: 'another horse and battery' })),
  ).toBe('access.wrong_password')
  expect(
    (await owner.put('/api/session/password', { current: PASSWORD, password: 'another horse and battery' })).statusCode,
  ).toBe(200)
  expect((await owner.get('/api/session')).statusCode).toBe(200)
  expect((await other.get('/api/session')).statusCode).toBe(401)
  expect((await other.post('/api/session', right)).statusCode).toBe(401)
  expect((await other.post('/api/session', { ...right, password: 'another horse and battery' })).statusCode).toBe(200)
})

test('who is switched off is signed out at once, and comes back only by signing in', async () => {
  const { browser, id } = await colleagueOf(owner, server.browser(), 'bob@example.com', 'viewer')
  expect((await owner.patch(`/api/users/${id}`, { isActive: false })).json<UserView>().isActive).toBe(false)
  expect((await browser.get('/api/session')).statusCode).toBe(401)
  await owner.patch(`/api/users/${id}`, { isActive: true })
  expect((await browser.get('/api/session')).statusCode).toBe(401)
})

test('a changed role counts from the next request on', async () => {
  const { browser, id } = await colleagueOf(owner, server.browser(), 'bob@example.com', 'viewer')
  expect((await browser.get('/api/audit')).statusCode).toBe(403)
  await owner.patch(`/api/users/${id}`, { role: 'privacy_officer' })
  expect((await browser.get('/api/audit')).statusCode).toBe(200)
})

test('there is always an active owner', async () => {
  const { id } = (await owner.get('/api/session')).json<Session>().user
  for (const change of [{ role: 'admin' }, { isActive: false }])
    expect(codeOf(await owner.patch(`/api/users/${id}`, change))).toBe('access.last_owner')
  // An owner who was invited and never came does not count.
  await owner.post('/api/users', { email: 'never@example.com', name: 'Never', role: 'owner' })
  expect(codeOf(await owner.patch(`/api/users/${id}`, { role: 'admin' }))).toBe('access.last_owner')
  await expect(changeUser(db, Number(id), { isActive: false }, 'command_line', byCommandLine(NOON))).rejects.toMatchObject({
    code: 'access.last_owner',
  })
})

test('of two owners who unmake each other at once, one stays', async () => {
  const other = await colleagueOf(owner, server.browser(), 'grace@example.com', 'owner')
  const { id } = (await owner.get('/api/session')).json<Session>().user
  const answers = await Promise.all([
    owner.patch(`/api/users/${other.id}`, { role: 'viewer' }),
    other.browser.patch(`/api/users/${id}`, { role: 'viewer' }),
  ])
  expect(answers.map(({ statusCode }) => statusCode).sort()[0]).toBe(200)
  const left = await db
    .selectFrom('user_account')
    .select('id')
    .where('role', '=', 'owner')
    .where('is_active', '=', true)
    .execute()
  expect(left).toHaveLength(1)
})

test('an admin neither makes, changes nor takes over an owner, and nobody changes their own standing', async () => {
  const admin = await colleagueOf(owner, server.browser(), 'admin@example.com', 'admin')
  const { id } = (await owner.get('/api/session')).json<Session>().user
  expect(codeOf(await admin.browser.post('/api/users', { email: 'x@example.com', name: 'X', role: 'owner' }))).toBe(
    'access.above_your_role',
  )
  expect(codeOf(await admin.browser.patch(`/api/users/${id}`, { name: 'Eve' }))).toBe('access.above_your_role')
  expect(codeOf(await admin.browser.post(`/api/users/${id}/link`))).toBe('access.above_your_role')
  expect(codeOf(await admin.browser.patch(`/api/users/${admin.id}`, { role: 'owner' }))).toBe('access.above_your_role')
  expect(codeOf(await admin.browser.patch(`/api/users/${admin.id}`, { role: 'viewer' }))).toBe('access.not_yourself')
  expect((await admin.browser.patch(`/api/users/${admin.id}`, { name: 'Admin' })).statusCode).toBe(200)
})

test('an invitation opens once, within a week, and a newer link takes its place', async () => {
  const invited = (await owner.post('/api/users', { email: 'bob@example.com', name: 'Bob', role: 'sales' })).json<{
    link: string
    user: UserView
  }>()
  expect(invited.user.isInvited).toBe(true)
  const tokenOf = (link: string) => new URL(link).searchParams.get('token')
  const first = tokenOf(invited.link)
  const view = (token: string | null) => server.browser().get(`/api/setup?token=${token}`)
  expect((await view(first)).json()).toEqual({ open: true, kind: 'invite', email: 'bob@example.com', name: 'Bob' })
  const second = tokenOf((await owner.post(`/api/users/${invited.user.id}/link`)).json<{ link: string }>().link)
  const accept = (token: string | null, browser = server.browser()) =>
    browser.post('/api/invites/accept', { token, name: 'Bob', password: PASSWORD })
  expect(codeOf(await accept(first))).toBe('access.link_used_up')
  server.clock.forward(7 * 24 * 3_600_000)
  expect(codeOf(await accept(second))).toBe('access.link_used_up')
  server.clock.forward(-1)
  const bob = server.browser()
  expect((await accept(second, bob)).json<Session>().user).toMatchObject({ email: 'bob@example.com', role: 'sales' })
  expect(codeOf(await accept(second))).toBe('access.link_used_up')
  // Neither link makes a first account.
  expect(codeOf(await server.browser().post('/api/setup', { token: second, ...right, name: 'Eve', company: SHOP }))).toBe(
    'access.link_used_up',
  )
})

test('the command line invites colleagues and makes keys', async () => {
  const { user, token } = await addUser(
    db,
    { email: 'cli@example.com', name: 'Cli', role: 'owner' },
    'command_line',
    byCommandLine(NOON),
  )
  expect([user.role, (await server.browser().get(`/api/setup?token=${token}`)).json<{ kind: string }>().kind]).toEqual([
    'owner',
    'invite',
  ])
  const { key } = await createKey(db, { kind: 'secret', name: 'warehouse', role: 'admin' }, byCommandLine(NOON))
  expect((await server.app.inject({ url: '/api/company', headers: { authorization: `Bearer ${key}` } })).json()).toEqual(SHOP)
  expect((await trail()).filter(({ who }) => who === 'the command line').map(({ action }) => action)).toEqual([
    'key.created',
    'user.invited',
  ])
})

test('a password that is easy to guess is refused', async () => {
  for (const password of ['aaaaaaaaaaaa', 'Password1234', 'ada@example.com', 'perennial123', 'exampleexample'])
    expect(codeOf(await owner.put('/api/session/password', { current: PASSWORD, password }))).toBe('access.password_guessable')
  const short = await owner.put('/api/session/password', { current: PASSWORD, password: 'short' })
  expect(short.json<{ fields: { field: string }[] }>().fields.map(({ field }) => field)).toEqual(['password'])
})

test('a request that another site makes the browser send is refused, also at signing in', async () => {
  const { id } = (await owner.get('/api/session')).json<Session>().user
  for (const headers of [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': '', origin: 'https://evil.example' },
    { 'sec-fetch-site': '', origin: 'null' },
  ]) {
    expect(codeOf(await owner.patch(`/api/users/${id}`, { name: 'Eve' }, { headers }))).toBe('access.cross_site')
    expect(codeOf(await server.browser().post('/api/session', right, { headers }))).toBe('access.cross_site')
  }
  const own = { 'sec-fetch-site': '', origin: 'http://localhost:80' }
  expect((await owner.patch(`/api/users/${id}`, { name: 'Ada L' }, { headers: own })).statusCode).toBe(200)
  expect((await trail()).filter(({ action }) => action === 'request.cross_site').length).toBeGreaterThan(0)
})

test('the trail tells of sign-ins, refusals, invitations and keys, with who, whence and the request', async () => {
  await server.browser().post('/api/session', wrong, { headers: { 'x-request-id': 'trace-me-42' }, remoteAddress: '192.0.2.7' })
  const viewer = await colleagueOf(owner, server.browser(), 'bob@example.com', 'viewer')
  for (let again = 0; again < 3; again++) await viewer.browser.get('/api/users')
  const entries = await trail()
  expect(entries.find(({ action }) => action === 'session.refused')).toMatchObject({
    who: 'nobody',
    subject: EMAIL,
    address: '192.0.2.7',
    requestId: 'trace-me-42',
  })
  expect(entries.filter(({ action }) => action === 'request.forbidden')).toMatchObject([
    { who: 'bob@example.com', subject: 'GET /api/users', detail: { needs: 'users:manage' } },
  ])
  expect(entries.map(({ action }) => action)).toEqual(
    expect.arrayContaining(['user.first', 'company.founded', 'user.invited', 'user.joined', 'session.started']),
  )
})

test('what is typed as the address of no account is not written down, for it may be a password', async () => {
  await server.browser().post('/api/session', { email: 'my secret password', password: '' })
  expect(JSON.stringify(await trail())).not.toContain('my secret password')
})

test('the trail can be read page by page, and by nobody changed', async () => {
  for (let n = 0; n < 7; n++) await server.browser().post('/api/session', wrong)
  const ids: string[] = []
  let next: string | null = ''
  while (next !== null) {
    const page: { items: AuditEntry[]; next: string | null } = (await owner.get(`/api/audit?limit=3&cursor=${next}`)).json()
    ids.push(...page.items.map(({ id }) => id))
    next = page.next
  }
  expect(ids.length).toBeGreaterThanOrEqual(10)
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => Number(b) - Number(a)))
  expect(codeOf(await owner.get('/api/audit?cursor=made-up'))).toBe('request.invalid')
  for (const statement of [sql`update audit_entry set who = 'eve'`, sql`delete from audit_entry`, sql`truncate audit_entry`])
    await expect(statement.execute(db)).rejects.toThrow('append-only')
})

test('a key is shown once, kept as a hash, used at most once a minute in the books, and ends at once', async () => {
  const made = (await owner.post('/api/keys', { kind: 'secret', name: 'warehouse', role: 'analyst' })).json<CreatedKey>()
  const ask = () => server.app.inject({ url: '/api/company', headers: { authorization: `Bearer ${made.key}` } })
  const listed = async () => (await owner.get('/api/keys')).json<{ items: KeyView[] }>().items[0]
  expect(made.key).toMatch(/^sk_[\w-]{43}$/)
  expect(JSON.stringify(await listed())).not.toContain(made.key)
  expect((await listed())?.shown).toBe(`${made.key.slice(0, 7)}…${made.key.slice(-4)}`)
  expect((await ask()).statusCode).toBe(200)
  server.clock.forward(59_999)
  await ask()
  expect((await listed())?.lastUsedAt).toBe(new Date(NOON).toISOString())
  server.clock.forward(1)
  await ask()
  expect((await listed())?.lastUsedAt).toBe(new Date(NOON + 60_000).toISOString())
  for (let again = 0; again < 2; again++)
    expect((await owner.delete(`/api/keys/${made.id}`)).json<KeyView>().revokedAt).not.toBeNull()
  expect([(await ask()).statusCode, codeOf(await ask())]).toEqual([401, 'access.key_refused'])
  expect((await trail()).filter(({ action }) => action === 'key.revoked')).toHaveLength(1)
})

test('nobody makes a key that may more than they do', async () => {
  const developer = await colleagueOf(owner, server.browser(), 'dev@example.com', 'developer')
  expect((await developer.browser.post('/api/keys', { kind: 'secret', name: 'ci', role: 'developer' })).statusCode).toBe(201)
  expect(codeOf(await developer.browser.post('/api/keys', { kind: 'secret', name: 'ci', role: 'marketing' }))).toBe(
    'access.above_your_role',
  )
})

test('no password, token or key stands in the database', async () => {
  const made = (await owner.post('/api/keys', { kind: 'secret', name: 'warehouse', role: 'viewer' })).json<CreatedKey>()
  const { link } = (await owner.post('/api/users', { email: 'bob@example.com', name: 'Bob', role: 'viewer' })).json<{
    link: string
  }>()
  const secrets = [PASSWORD, made.key, owner.cookie().split('=')[1], new URL(link).searchParams.get('token')]
  for (const table of ['user_account', 'session', 'account_link', 'api_key', 'audit_entry', 'sign_in_tries']) {
    const { rows } = await sql<{ text: string }>`select (x.*)::text as text from ${sql.table(table)} x`.execute(db)
    for (const secret of secrets) expect(rows.filter(({ text }) => text.includes(String(secret)))).toEqual([])
  }
  const [user] = await db.selectFrom('user_account').select('password_hash').where('email', '=', EMAIL).execute()
  expect(user?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
})

test('over https the cookie is bound to this host and never travels in the open', async () => {
  const publicUrl = 'https://perennial.example'
  const secure = await accessServer(db, { publicUrl })
  const answer = await secure.browser().post('/api/session', right)
  expect(String(answer.headers['set-cookie'])).toMatch(
    /^__Host-perennial_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  )
  expect(answer.headers['strict-transport-security']).toBe('max-age=31536000')
  expect(String((await server.browser().post('/api/session', right)).headers['set-cookie'])).toMatch(
    /^perennial_session=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
  )
  await secure.app.close()
})

test('the company is changed by those who may, and refuses what is no time zone or currency', async () => {
  const changed = await owner.put('/api/company', {
    name: ' Shop ',
    timeZone: 'America/New_York',
    currency: 'usd',
    country: 'us',
  })
  expect(changed.json()).toEqual({ name: 'Shop', timeZone: 'America/New_York', currency: 'USD', country: 'US' })
  expect((await owner.get('/api/company')).json()).toEqual(changed.json())
  expect(codeOf(await owner.put('/api/company', { ...SHOP, timeZone: '+01:00' }))).toBe('company.time_zone_unknown')
  expect(codeOf(await owner.put('/api/company', { ...SHOP, currency: 'XYZ' }))).toBe('company.currency_unknown')
  expect(codeOf(await owner.put('/api/company', { ...SHOP, country: 'XX' }))).toBe('company.country_unknown')
  expect((await trail())[0]).toMatchObject({ action: 'company.changed', detail: { before: SHOP } })
})
