import { z } from 'zod'
import { newKey, role } from '../../access/contract.ts'
import { accountLink, addUser, byCommandLine, createKey, renewLink, userByEmail } from '../../access/index.ts'
import { Fault } from '../../platform/fault.ts'
import { addressOf } from '../serve.ts'
import { type Options, say, typed, withProgram } from './run.ts'

export const addUserCommand = (email: string, options: Options & { role: string }): Promise<void> =>
  withProgram(options, {}, async program => {
    const { db, clock } = program
    const wanted = typed(z.object({ email: z.email().max(320), role }), { email, role: options.role })
    const { token } = await addUser(
      db,
      { ...wanted, name: wanted.email.split('@')[0] ?? '' },
      'command_line',
      byCommandLine(clock.now()),
    )
    say(accountLink(addressOf(program), token))
  })

/** A new one-time link for someone who is there already: a lost password, an invitation that ran out. */
export const linkUserCommand = (email: string, options: Options): Promise<void> =>
  withProgram(options, {}, async program => {
    const { db, clock } = program
    const user = await userByEmail(db, email)
    if (user === null) throw new Fault('access.user_not_found', { user: email })
    const { token } = await renewLink(db, Number(user.id), 'command_line', byCommandLine(clock.now()))
    say(accountLink(addressOf(program), token))
  })

export const createKeyCommand = (kind: string, options: Options & { name: string; role?: string }): Promise<void> =>
  withProgram(options, {}, async ({ db, clock }) => {
    const wanted = typed(newKey, { kind, name: options.name, role: options.role ?? 'admin' })
    say((await createKey(db, wanted, byCommandLine(clock.now()))).key)
  })
