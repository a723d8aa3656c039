// Made by tools/tables.ts from the migrated database.
// biome-ignore lint/suspicious/noExplicitAny: bootstrap
export type Tables = any
