// Arrays as PostgreSQL writes them. The driver can do this too, but looks at every value through several functions and escapes
// each text twice; with thousands of rows a statement that is a third of all the work there is.

/** `{1,2,null}` */
export const numbers = (values: readonly (number | null)[]): string => `{${values.map(value => value ?? 'null').join(',')}}`

/** Instants in milliseconds since 1970, of the years 1 to 9999, as timestamptz. */
export const instants = (values: readonly (number | null)[]): string =>
  `{${values.map(value => (value === null ? 'null' : new Date(value).toISOString())).join(',')}}`

export const booleans = (values: readonly boolean[]): string => `{${values.join(',')}}`

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON writes otherwise than PostgreSQL
const CONTROL = /[\u0000-\u001f]/

/** Any texts, also JSON. U+0000, which PostgreSQL cannot hold, has to be gone before. */
export const texts = (values: readonly (string | null)[]): string => `{${values.map(textOf).join(',')}}`

// JSON escapes quotes and backslashes as PostgreSQL does, and is written by the machine. Only control characters have names in JSON that PostgreSQL reads as letters.
const textOf = (value: string | null): string =>
  value === null
    ? 'null'
    : CONTROL.test(value) || !value.isWellFormed()
      ? `"${value.toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
      : JSON.stringify(value)
