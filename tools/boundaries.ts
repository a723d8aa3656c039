import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import process from 'node:process'

// Who may import whom, and what a file may touch by its name. One line per breach: node tools/boundaries.ts [root]

/** A module may use those on the rungs above it and, without circles, those on its own. To reach down the list, publish a fact. */
const SPINE: readonly (readonly string[])[] = [
  ['platform'],
  ['access', 'company'],
  ['events', 'customers', 'orders', 'products', 'consent', 'spend'],
  ['lifecycle', 'segments', 'predict', 'experiments'],
  ['messaging', 'tasks', 'offers', 'loyalty', 'feedback', 'service'],
  ['plays'],
  ['measures'],
  ['cycle'],
  ['app'],
]

/** The only names, of a file or of a folder in a module, under which the world may be touched (`files`: what was uploaded, on disk). */
const OUTSIDE = new Set(['store', 'history', 'files', 'routes', 'jobs', 'send', 'index'])
/** What a pure file may use beside its own module: shapes, the calendar, and sentences for people. */
const PURE_LIBRARIES = new Set(['zod', 'temporal-polyfill', 'csv-stringify/sync', 'libphonenumber-js/min'])
const PURE_PLATFORM = new Set(['fault.ts', 'messages.ts', 'calendar.ts'])
const IMPURE =
  /\b(?:Date\.now\s*\(|new Date\(\s*\)|Temporal\.Now\b|Math\.random\s*\(|process\.|performance\.|crypto\.|setTimeout\s*\(|setInterval\s*\(|fetch\s*\()/

/** A hash is arithmetic, and so is comparing two; the rest of node:crypto is dice. */
const PURE_CRYPTO = new Set(['hash', 'createHash', 'createHmac', 'timingSafeEqual'])

type Import = { spec: string; file: string | undefined; names: readonly string[]; isTypeOnly: boolean }
type Place = { top: string; module: string; name: string }

const placeOf = (file: string): Place => {
  const [top = '', module = '', ...rest] = file.split('/')
  return { top, module, name: rest.join('/') }
}
const rungOf = (module: string) => SPINE.findIndex(modules => modules.includes(module))
const isOutside = (name: string) =>
  name
    .replace(/\.tsx?$/, '')
    .split('/')
    .some(part => OUTSIDE.has(part.split('.')[0] ?? ''))
const isContract = (name: string) => posix.basename(name) === 'contract.ts'

type Source = { place: Place; code: string; imports: readonly Import[] }
type Sources = ReadonlyMap<string, Source>

/** Every breach below `root`, as a line that names the file, what it does, and what to do instead. */
export function breaches(root: string): string[] {
  const sources: Sources = new Map(filesIn(root).map(file => [file, sourceOf(file, readFileSync(join(root, file), 'utf8'))]))
  const found = [...sources].flatMap(([file, source]) => [...breachesOf(source, sources)].map(what => `${file}: ${what}`))
  return [...found, ...circles(usesOf(sources)).map(path => `src/${path[0]}: ${path.join(' → ')}: modules in a circle`)]
}

// Tests may touch anything.
function filesIn(root: string): string[] {
  return globSync('{src,web}/**/*.{ts,tsx}', { cwd: root, exclude: path => /(^|[/\\])(dist|node_modules)$/.test(path) })
    .map(path => path.replaceAll('\\', '/'))
    .filter(path => !/\.test\.tsx?$/.test(path))
    .sort()
}

function sourceOf(file: string, text: string): Source {
  const code = withoutComments(text)
  const imports = importsOf(code).map(found => ({
    ...found,
    file: found.spec.startsWith('.') ? posix.join(posix.dirname(file), found.spec) : undefined,
  }))
  return { place: placeOf(file), code, imports }
}

function* breachesOf({ place, code, imports }: Source, sources: Sources): Iterable<string> {
  for (const found of imports) for (const why of whyNot(place, found, sources)) yield `${found.spec}: ${why}`
  if (place.top !== 'src') return
  if (rungOf(place.module) < 0) yield `${place.module}: not on the spine; give it a rung in tools/boundaries.ts`
  const impure = isPure(place) ? IMPURE.exec(withoutStrings(code)) : null
  if (impure) yield `${impure[0]}: pure files are handed the time and the dice`
}

const isPure = ({ top, module, name }: Place) => top === 'src' && module !== 'platform' && module !== 'app' && !isOutside(name)

function* whyNot(from: Place, found: Import, sources: Sources): Iterable<string> {
  if (found.file === undefined) return yield* whyNotLibrary(from, found)
  const to = placeOf(found.file)
  if (from.top === 'web') return to.top === 'src' && !isContract(to.name) ? yield 'the web sees contracts only' : undefined
  if (to.top === 'web') yield 'the server does not know the web'
  if (to.top !== 'src') return
  const isDoor = to.name === 'index.ts' || isContract(to.name)
  if (rungOf(to.module) > rungOf(from.module)) yield 'reaches up the spine; publish a fact instead'
  if (from.module !== to.module && from.module !== 'app' && to.module !== 'platform' && !isDoor)
    yield 'enter a module by index.ts or contract.ts'
  if (found.isTypeOnly) return
  if (isContract(from.name) && !isContract(to.name)) yield 'a contract is made of zod and other contracts'
  else if (isPure(from) && touchesTheWorld(found.file, sources)) yield 'pure files do no input or output'
}

function* whyNotLibrary(from: Place, { spec, names, isTypeOnly }: Import): Iterable<string> {
  if (isTypeOnly || !isPure(from)) return
  if (isContract(from.name) && spec !== 'zod') yield 'a contract is made of zod and other contracts'
  else if (spec === 'node:crypto' && names.length > 0 && names.every(name => PURE_CRYPTO.has(name))) return
  else if (!PURE_LIBRARIES.has(spec)) yield 'pure files import nothing that could touch the world'
}

/** A door through which only pure files are reached is as pure as they are. */
function touchesTheWorld(file: string, sources: Sources, seen = new Set<string>()): boolean {
  const { module, name } = placeOf(file)
  if (module === 'platform') return !PURE_PLATFORM.has(name)
  if (!isOutside(name)) return false
  const door = posix.basename(name) === 'index.ts' ? sources.get(file) : undefined
  if (!door || seen.has(file)) return !seen.has(file)
  seen.add(file)
  return (
    IMPURE.test(withoutStrings(door.code)) ||
    door.imports.some(
      found =>
        !found.isTypeOnly &&
        (found.file === undefined ? !PURE_LIBRARIES.has(found.spec) : touchesTheWorld(found.file, sources, seen)),
    )
  )
}

/** Which modules use which while the program runs. */
function usesOf(sources: Sources): Map<string, Set<string>> {
  const uses = new Map<string, Set<string>>()
  for (const { place, imports } of sources.values()) {
    for (const { file, isTypeOnly } of imports) {
      const to = file === undefined ? undefined : placeOf(file)
      if (isTypeOnly || place.top !== 'src' || to?.top !== 'src' || to.module === place.module) continue
      uses.set(place.module, (uses.get(place.module) ?? new Set()).add(to.module))
    }
  }
  return uses
}

const IMPORT = /\b(?:import|export)\s+(type\s+)?(?:([\w*$\s{},]+?)\s*from\s*)?['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]/g

function importsOf(code: string): Omit<Import, 'file'>[] {
  return [...code.matchAll(IMPORT)].map(([, type, names = '', spec, dynamic]) => {
    const inBraces = (/^\{([^}]*)\}$/.exec(names.trim())?.[1] ?? '').split(',').map(name => name.trim())
    const named = inBraces.filter(name => name !== '')
    const isTypeOnly = Boolean(type) || (named.length > 0 && named.every(name => name.startsWith('type ')))
    return { spec: spec ?? dynamic ?? '', names: named, isTypeOnly }
  })
}

// Strings are matched so that what looks like a comment inside them is left alone.
const STRINGS_AND_COMMENTS = /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\[\s\S])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g
const withoutComments = (text: string) => text.replace(STRINGS_AND_COMMENTS, (_, string?: string) => string ?? ' ')
// What stands in ${…} of a template is code and stays.
const withoutStrings = (code: string) =>
  code.replace(STRINGS_AND_COMMENTS, (_, string = '') =>
    string.startsWith('`') ? [...string.matchAll(/\$\{([^}]*)\}/g)].map(([, inner]) => inner).join(' ') : "''",
  )

function circles(uses: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const found: string[][] = []
  const done = new Set<string>()
  const walk = (module: string, path: string[]) => {
    if (path.includes(module)) return void found.push([...path.slice(path.indexOf(module)), module])
    if (done.has(module)) return
    for (const next of uses.get(module) ?? []) walk(next, [...path, module])
    done.add(module)
  }
  for (const module of uses.keys()) walk(module, [])
  return found
}

if (import.meta.main) {
  const root = process.argv[2] ?? '.'
  if (!existsSync(join(root, 'src'))) throw new Error(`${root} has no src folder`)
  const found = breaches(root)
  for (const line of found) console.log(line)
  process.exitCode = found.length ? 1 : 0
}
