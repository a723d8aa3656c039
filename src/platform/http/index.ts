export { cursorTo, idIn, keysOf, pageOf } from './cursor.ts'
export { type DeclaredRoute, open, type Policy, signedIn } from './policy.ts'
export { type Problem, problem } from './problem.ts'
export { buildServer, type Health, type Server, type ServerOptions } from './server.ts'
