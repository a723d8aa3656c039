/** What the engine's process is told to open. A file of its own, because importing chdb-server.ts would start one. */
export type Orders = { folder: string; port: number; user: string; password: string }

/** How ClickHouse is asked whether it is at work on a statement. The engine does not know the ids of statements, so its server answers this itself. */
export const IS_AT_WORK = 'select count() as n from system.processes where query_id = {id:String}'
