/** A piece of SQL with its values apart. Text comes from the code alone; whatever anybody typed is a value. */
export type Query = readonly ({ text: string } | { value: unknown; type: string })[]

/** A piece from a template, whose holes are pieces. */
export function q(texts: TemplateStringsArray, ...holes: readonly Query[]): Query {
  return texts.flatMap((text, i) => [{ text }, ...(holes[i] ?? [])])
}

type Type = 'text' | 'text[]' | 'bigint' | 'bigint[]' | 'int' | 'numeric' | 'timestamptz' | 'jsonb'
export const bind = (value: string | number | Date | readonly (string | number)[], type: Type): Query => [{ value, type }]

export const all = (queries: readonly Query[]): Query =>
  queries.length === 0 ? q`true` : queries.reduce((so, one) => q`${so} and ${one}`)

/** Any text, to be found by `like` as it is. */
export const literally = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
