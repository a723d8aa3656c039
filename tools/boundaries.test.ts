import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { breaches } from './boundaries.ts'

const roots: string[] = []
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true })
})

function breachesIn(files: Record<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), 'perennial-boundaries-'))
  roots.push(root)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return breaches(root)
}

const PLANTED: [fault: string, files: Record<string, string>, seen: RegExp][] = [
  ['a module without a rung', { 'src/utils/x.ts': '' }, /not on the spine/],
  ['reaching up the spine', { 'src/events/index.ts': "import { stages } from '../lifecycle/index.ts'" }, /reaches up the spine/],
  [
    'reaching up for a type alone',
    { 'src/events/index.ts': "import { type Stage } from '../lifecycle/contract.ts'" },
    /reaches up the spine/,
  ],
  ['platform knowing a customer', { 'src/platform/log.ts': "import { x } from '../customers/index.ts'" }, /reaches up the spine/],
  [
    'another module entered by the window',
    { 'src/lifecycle/store.ts': "import { x } from '../events/store.ts'" },
    /enter a module by/,
  ],
  [
    'another module entered by the door of its sub-folder',
    { 'src/lifecycle/store.ts': "import { x } from '../events/imports/index.ts'" },
    /enter a module by/,
  ],
  [
    'modules in a circle',
    {
      'src/events/index.ts': "import { a } from '../customers/index.ts'",
      'src/customers/index.ts': "import { b } from '../events/index.ts'",
    },
    /events → customers → events|customers → events → customers/,
  ],
  ['a pure file that reads the clock', { 'src/lifecycle/stages.ts': 'const now = Date.now()' }, /handed the time/],
  ['a pure file that asks for this moment', { 'src/lifecycle/stages.ts': 'const now = new Date()' }, /handed the time/],
  ['a pure file that throws dice', { 'src/lifecycle/stages.ts': 'const x = Math.random()' }, /handed the time/],
  ['a pure file that reads the environment', { 'src/lifecycle/stages.ts': 'const x = process.env.HOME' }, /handed the time/],
  [
    'a pure file that reads the clock inside a template',
    { 'src/lifecycle/stages.ts': 'const x = `at $' + '{Date.now()}`' },
    /handed the time/,
  ],
  [
    'a pure file with a Node module',
    { 'src/lifecycle/stages.ts': "import { readFileSync } from 'node:fs'" },
    /pure files import nothing/,
  ],
  ['a pure file with a library', { 'src/lifecycle/stages.ts': "import pg from 'pg'" }, /pure files import nothing/],
  [
    'a pure file in a sub-folder with a library',
    { 'src/events/imports/columns.ts': "import { parse } from 'csv-parse'" },
    /pure files import nothing/,
  ],
  [
    'a pure file that uses its own store',
    { 'src/lifecycle/stages.ts': "import { save } from './store.ts'" },
    /no input or output/,
  ],
  [
    'a pure file that uses the store of a sub-folder',
    { 'src/events/imports/columns.ts': "import { save } from '../store.ts'" },
    /no input or output/,
  ],
  [
    'a pure file that uses another module’s door',
    { 'src/lifecycle/stages.ts': "import { find } from '../customers/index.ts'" },
    /no input or output/,
  ],
  [
    'a pure file that uses the platform',
    { 'src/lifecycle/stages.ts': "import { openPostgres } from '../platform/postgres.ts'" },
    /no input or output/,
  ],
  [
    'a pure file that loads something later',
    { 'src/lifecycle/stages.ts': "const x = await import('../platform/postgres.ts')" },
    /no input or output/,
  ],
  [
    'an import over several lines',
    { 'src/lifecycle/stages.ts': "import {\n  save,\n  type Row,\n} from './store.ts'" },
    /no input or output/,
  ],
  [
    'a pure file that throws dice by node:crypto',
    { 'src/lifecycle/stages.ts': "import { hash, randomInt } from 'node:crypto'" },
    /pure files import nothing/,
  ],
  [
    'a pure file that reaches a store through two doors',
    {
      'src/lifecycle/stages.ts': "import { x } from '../orders/index.ts'",
      'src/orders/index.ts': "export { x } from './books/index.ts'",
      'src/orders/books/index.ts': "export { x } from './store.ts'",
    },
    /stages.ts: .*no input or output/,
  ],
  ['a door passed on', { 'src/lifecycle/stages.ts': "export { save } from './store.ts'" }, /no input or output/],
  [
    'a contract with a library',
    { 'src/events/contract.ts': "import { Temporal } from 'temporal-polyfill'" },
    /a contract is made of/,
  ],
  [
    'a contract with thinking in it',
    { 'src/events/imports/contract.ts': "import { columns } from './columns.ts'" },
    /a contract is made of/,
  ],
  [
    'the web using a door',
    { 'web/events/page.tsx': "import { list } from '../../src/events/index.ts'" },
    /the web sees contracts only/,
  ],
  [
    'the web using a door for a type',
    { 'web/events/page.tsx': "import { type Row } from '../../src/events/store.ts'" },
    /the web sees contracts only/,
  ],
  ['the server using the web', { 'src/app/serve.ts': "import { page } from '../../web/page.ts'" }, /does not know the web/],
]

test.each(PLANTED)('%s is seen', (_, files, seen) => {
  expect(breachesIn(files).join('\n')).toMatch(seen)
})

test('what is allowed is left alone', () => {
  const files = {
    'src/platform/fault.ts': "import { t } from './messages.ts'",
    'src/events/contract.ts': "import { z } from 'zod'",
    'src/events/imports/contract.ts': "import { z } from 'zod'\nimport { event } from '../contract.ts'",
    'src/events/imports/columns.ts':
      "import { Fault } from '../../platform/fault.ts'\nimport { type Db } from '../../platform/postgres.ts'\nimport { Temporal } from 'temporal-polyfill'\n// Date.now() is for others\nconst x = 'Math.random()', at = new Date(0)",
    'src/events/imports/store.ts': "import { sql } from 'kysely'\nconst now = Date.now()",
    'src/events/index.ts': "export * from './imports/store.ts'",
    'src/events/index.test.ts': "import { stages } from '../lifecycle/stages.ts'\nimport 'vitest'",
    'src/orders/index.ts': "export { book } from './book.ts'",
    'src/orders/book.ts': "import { hash } from 'node:crypto'",
    'src/access/routes.guard.ts': "import { who } from './index.ts'\nDate.now()",
    'src/lifecycle/stages.ts':
      "import { event } from '../events/contract.ts'\nimport { book } from '../orders/index.ts'\nimport type { Pool } from 'pg'",
    'src/app/serve.ts': "import { routes } from '../events/imports/routes.ts'\nprocess.exit()",
    'web/events/page.tsx': "import { mapping } from '../../src/events/imports/contract.ts'\nimport x from 'react'",
  }
  expect(breachesIn(files)).toEqual([])
})

test('this project keeps its own boundaries', () => {
  expect(breaches(join(import.meta.dirname, '..'))).toEqual([])
})
