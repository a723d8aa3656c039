/** What the engine's process is told to open. A file of its own, because importing chdb-server.ts would start one. */
export type Orders = { folder: string; port: number; user: string; password: string }
