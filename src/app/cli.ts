import { Command } from 'commander'
import { ROLES } from '../access/contract.ts'
import { FILE_KINDS } from '../events/imports/contract.ts'
import { Fault } from '../platform/fault.ts'
import { t } from '../platform/messages.ts'
import { addUserCommand, createKeyCommand, linkUserCommand } from './cli/access.ts'
import { exportCustomersCommand } from './cli/customers.ts'
import { importCommand } from './cli/import.ts'
import { explainCommand, stagesCommand } from './cli/lifecycle.ts'
import { doctorCommand, runProgram } from './cli/run.ts'

const program = new Command('perennial')
  .description(t('cli:about'))
  .option('--data <dir>', t('cli:option.data'))
  .showHelpAfterError()
const roles = ROLES.join(', ')

program
  .command('start', { isDefault: true })
  .description(t('cli:start.about'))
  .option('--port <n>', t('cli:option.port'))
  .option('--demo', t('cli:option.demo'))
  .action((_, command: Command) => runProgram(['web', 'worker'], command.optsWithGlobals()))
program
  .command('web')
  .description(t('cli:web.about'))
  .option('--port <n>', t('cli:option.port'))
  .action((_, command: Command) => runProgram(['web'], command.optsWithGlobals()))
program
  .command('worker')
  .description(t('cli:worker.about'))
  .action((_, command: Command) => runProgram(['worker'], command.optsWithGlobals()))

const bring = program.command('import').description(t('cli:import.about'))
for (const kind of FILE_KINDS)
  bring
    .command(`${kind} <file>`)
    .description(t(`cli:import.${kind}.about`))
    .option('--map <file>', t('cli:option.map'))
    .option('--dry-run', t('cli:option.dry_run'))
    .option('--json', t('cli:option.json'))
    .action((file: string, _, command: Command) => importCommand(kind, file, command.optsWithGlobals()))

program
  .command('export')
  .description(t('cli:export.about'))
  .command('customers <file>')
  .description(t('cli:export.customers.about'))
  .option('--where <json>', t('cli:option.where'))
  .option('--search <text>', t('cli:option.search'))
  .option('--columns <names>', t('cli:option.columns'))
  .option('--mark', t('cli:option.mark'))
  .option('--json', t('cli:option.json'))
  .action((file: string, _, command: Command) => exportCustomersCommand(file, command.optsWithGlobals()))

program
  .command('stages')
  .description(t('cli:stages.about'))
  .option('--model <id>', t('cli:option.model'))
  .option('--at <date>', t('cli:option.at'))
  .option('--json', t('cli:option.json'))
  .action((_, command: Command) => stagesCommand(command.optsWithGlobals()))
program
  .command('explain <customer>')
  .description(t('cli:explain.about'))
  .option('--model <id>', t('cli:option.model'))
  .option('--at <date>', t('cli:option.at'))
  .option('--json', t('cli:option.json'))
  .action((customer: string, _, command: Command) => explainCommand(customer, command.optsWithGlobals()))

const user = program.command('user').description(t('cli:user.about'))
user
  .command('link <email>')
  .description(t('cli:user.link.about'))
  .action((email: string, _, command: Command) => linkUserCommand(email, command.optsWithGlobals()))
user
  .command('add <email>')
  .description(t('cli:user.add.about'))
  .requiredOption('--role <role>', t('cli:option.role', { roles }))
  .action((email: string, _, command: Command) => addUserCommand(email, command.optsWithGlobals()))
program
  .command('key')
  .description(t('cli:key.about'))
  .command('create <kind>')
  .description(t('cli:key.create.about'))
  .requiredOption('--name <name>', t('cli:option.key_name'))
  .option('--role <role>', t('cli:option.key_role', { roles }))
  .action((kind: string, _, command: Command) => createKeyCommand(kind, command.optsWithGlobals()))
program
  .command('doctor')
  .description(t('cli:doctor.about'))
  .action((_, command: Command) => doctorCommand(command.optsWithGlobals()))

// Whoever reads our lines may stop reading, as `head` does; what was begun is still brought to its end.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

try {
  await program.parseAsync()
} catch (error) {
  // One sentence for people; who wants the rest asks for it.
  const detail = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${error instanceof Fault ? detail : t('cli:trouble', { detail })}\n`)
  if (process.env.PERENNIAL_LOG === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  process.exitCode = 1
}
