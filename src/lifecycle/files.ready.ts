import { readdirSync, readFileSync } from 'node:fs'
import { Fault } from '../platform/fault.ts'
import { flaws, type Model, model as modelShape } from './model.ts'

/** From the first look at a business to special kinds of it. Those that are not named here come last. */
const ORDER = [
  'reach-to-loyalty',
  'reach-development',
  'new-repeat-loyal',
  'attraction-to-loyalty',
  'awareness-to-advocacy',
  'trial-to-subscription',
  'leads-and-buyers',
  'last-order',
  'order-count',
  'own-cadence',
  'replenishment',
  'active-week',
  'active-month',
]

let known: readonly Model[] | null = null

/** The models that come with the program: one file each in models/, checked. */
export function readyModels(): readonly Model[] {
  known ??= read()
  return known
}

function read(): Model[] {
  const folder = new URL('../../models/', import.meta.url)
  const files = readdirSync(folder).filter(name => name.endsWith('.json'))
  const place = ({ id }: Model) => (ORDER.includes(id) ? ORDER.indexOf(id) : ORDER.length)
  return files
    .map(file => readModel(readFileSync(new URL(file, folder), 'utf8')))
    .sort((a, b) => place(a) - place(b) || (a.id < b.id ? -1 : 1))
}

/** A model from its text, or `lifecycle.model_invalid` with everything that is wrong. */
export function readModel(text: string): Model {
  const parsed = modelShape.safeParse(JSON.parse(text))
  if (!parsed.success)
    throw new Fault('lifecycle.model_invalid', {
      detail: parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    })
  const wrong = flaws(parsed.data)
  if (wrong.length > 0) throw new Fault('lifecycle.model_invalid', { detail: wrong.join(' ') })
  return parsed.data
}
