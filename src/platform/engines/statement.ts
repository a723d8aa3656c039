/**
 * What ClickHouse's server does with a statement before it runs it, for an engine without a server:
 * bound parameters, settings of one request, and where the data of an INSERT begins. Pure.
 */

type Token = { kind: 'word' | 'parameter' | 'sign'; text: string; start: number; end: number; depth: number }

export type Statement = {
  sql: string
  /** The output format the statement asks for itself. */
  format: string | undefined
  kind: 'read' | 'insert' | 'other'
  /** An INSERT whose rows follow as data: `sql` ends with FORMAT and the name. */
  takesData: boolean
  /** It would change the connection for later requests (SET, USE). */
  changesSession: boolean
}

export class StatementError extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

// Strings, quoted names, comments and heredocs are skipped whole: what looks like a parameter inside them is text.
const LEXER =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"|`(?:[^`\\]|\\[\s\S]|``)*`|--[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?\*\/|\$(\w*)\$[\s\S]*?\$\1\$|(?<parameter>\{\s*[A-Za-z_]\w*\s*:\s*[A-Za-z][^{}]*\})|(?<word>[A-Za-z_]\w*)|(?<sign>[()[\]{};])/g

function tokens(sql: string): Token[] {
  const found: Token[] = []
  let depth = 0
  for (const match of sql.matchAll(LEXER)) {
    const { parameter, word, sign } = match.groups ?? {}
    const text = parameter ?? word ?? sign
    if (text === undefined) continue
    if (sign === ')' || sign === ']' || sign === '}') depth--
    const kind = parameter ? 'parameter' : word ? 'word' : 'sign'
    found.push({
      kind,
      text: kind === 'word' ? text.toUpperCase() : text,
      start: match.index,
      end: match.index + text.length,
      depth,
    })
    if (sign === '(' || sign === '[' || sign === '{') depth++
  }
  return found
}

export type Settings = Record<string, string>

/** The statement as the engine shall run it. `data` is what followed the statement in the body, if the statement came in the URL. */
export function prepare(text: string, params: Record<string, string>, settings: Settings): Statement {
  const bound = bind(text, params)
  const all = tokens(bound)
  const first = all.find(token => token.kind === 'word')?.text ?? ''
  const clause = settingsClause(settings)
  if (first === 'INSERT') return insert(bound, all, clause)
  const changesSession = first === 'SET' || first === 'USE'
  const isRead = first === 'SELECT' || first === 'WITH'
  const { sql, format, tail } = withoutFormat(bound, all)
  const base = { format, kind: isRead ? 'read' : 'other', takesData: false, changesSession } as const
  if (changesSession) return { ...base, sql }
  // A SELECT's and a CREATE's own settings are part of the query and may be followed by ours; any other statement has one place for them.
  const own =
    isRead || first === 'CREATE' || tail ? undefined : all.findLast(token => token.text === 'SETTINGS' && token.depth === 0)
  if (own && clause) return { ...base, sql: `${sql.slice(0, own.end)} ${clause}, ${sql.slice(own.end)}` }
  return { ...base, sql: withSettings(sql, [tail, clause].filter(Boolean).join(', ')) }
}

/** The statements of a file, without the semicolons between them. */
export function statementsOf(file: string): string[] {
  const ends = tokens(file).filter(token => token.text === ';')
  const pieces = [...ends, undefined].map((end, index) => file.slice(ends[index - 1]?.end ?? 0, end?.start))
  return pieces.filter(piece => tokens(piece).length > 0).map(piece => piece.trim())
}

function insert(sql: string, all: Token[], clause: string): Statement {
  const top = all.filter(token => token.kind === 'word' && token.depth === 0)
  const at = top.findIndex(token => ['FORMAT', 'VALUES', 'SELECT', 'WITH'].includes(token.text))
  const source = top[at]
  const base = { kind: 'insert', format: undefined, changesSession: false } as const
  if (!source) return { ...base, sql: withSettings(sql, clause), takesData: false }
  if (source.text === 'SELECT' || source.text === 'WITH') {
    const { sql: select, tail } = withoutFormat(sql, all)
    return { ...base, sql: withSettings(select, [tail, clause].filter(Boolean).join(', ')), takesData: false }
  }
  const own = top.slice(0, at).find(token => token.text === 'SETTINGS')
  const placed = !clause
    ? sql
    : own
      ? // The statement's own settings come last and win.
        `${sql.slice(0, own.end)} ${clause}, ${sql.slice(own.end)}`
      : `${sql.slice(0, source.start)}SETTINGS ${clause} ${sql.slice(source.start)}`
  const format = top[at + 1]
  const hasDataInline = source.text === 'VALUES' || (format !== undefined && sql.slice(format.end).trim() !== '')
  return { ...base, sql: placed, takesData: !hasDataInline }
}

// On its own line, so that it does not disappear in a comment at the end.
const withSettings = (sql: string, clause: string) => (clause ? `${sql}\nSETTINGS ${clause}` : sql)

/** The FORMAT clause at the end is taken out (the engine is told the format separately), with the settings behind it. */
function withoutFormat(sql: string, all: Token[]): { sql: string; format: string | undefined; tail: string } {
  const last = all.findLastIndex(
    (token, index) => token.text === 'FORMAT' && token.depth === 0 && all[index + 1]?.kind === 'word',
  )
  const [clause, name, next] = [all[last], all[last + 1], all[last + 2]]
  const end = all.find(token => token.text === ';' && token.depth === 0)?.start ?? sql.length
  if (last < 0 || !clause || !name || (next && next.text !== 'SETTINGS' && next.text !== ';'))
    return { sql: sql.slice(0, end), format: undefined, tail: '' }
  const tail = next?.text === 'SETTINGS' ? sql.slice(next.end, end).trim() : ''
  return { sql: sql.slice(0, clause.start), format: sql.slice(name.start, name.end), tail }
}

function settingsClause(settings: Settings): string {
  return Object.entries(settings)
    .map(([name, value]) => {
      if (!/^\w+$/.test(name)) throw new StatementError(115, `Unknown setting '${name}'`)
      return `${name}=${/^-?\d+(\.\d+)?$/.test(value) ? value : quoted(value)}`
    })
    .join(', ')
}

/**
 * Puts the values of `{name:Type}` in, each as one quoted literal cast to its type: the same tree that ClickHouse's
 * server makes. (The engine's own binding runs one query at a time, for all connections together.)
 */
export function bind(sql: string, params: Record<string, string>): string {
  let out = ''
  let from = 0
  for (const token of tokens(sql)) {
    if (token.kind !== 'parameter') continue
    const colon = token.text.indexOf(':')
    const name = token.text.slice(1, colon).trim()
    const value = Object.hasOwn(params, name) ? params[name] : undefined
    if (value === undefined) throw new StatementError(456, `Substitution \`${name}\` is not set`)
    out += sql.slice(from, token.start) + literal(value, token.text.slice(colon + 1, -1).trim())
    from = token.end
  }
  return out + sql.slice(from)
}

// Lists and the like carry their own quoting; everything else arrives as a field of a tab-separated line.
const CARRIES_QUOTES = /^(Array|Map|Tuple|Nested|Point|Ring|Polygon|MultiPolygon)\b/

function literal(value: string, type: string): string {
  if (type === 'Identifier') return `\`${unescaped(value).replace(/[\\`]/g, '\\$&')}\``
  const nullable = /^(LowCardinality\(\s*)?Nullable\(/.test(type)
  if (nullable && value === '\\N') return `_CAST(NULL, ${quoted(type)})`
  const text = CARRIES_QUOTES.test(type) ? value : unescaped(value)
  if (type === 'String') return quoted(text)
  // Seconds since 1970, as clients send a date; read as a number because the text form stops at 1970 and wants ten digits.
  if (/^(Nullable\(\s*)?DateTime/.test(type) && /^-?\d+(\.\d+)?$/.test(text))
    return `_CAST(toDecimal64(${quoted(text)}, 6), ${quoted(type)})`
  return `_CAST(${quoted(text)}, ${quoted(type)})`
}

const CONTROL: Record<string, string> = { b: '\b', f: '\f', r: '\r', n: '\n', t: '\t', '0': '\0', a: '\x07', v: '\v' }

const unescaped = (text: string): string =>
  text.replace(/\\(?:x([0-9a-fA-F]{2})|([\s\S]))/g, (_, hex?: string, char: string = '') =>
    hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (CONTROL[char] ?? char),
  )

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`
