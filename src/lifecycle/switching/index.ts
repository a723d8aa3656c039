import { type Act, audit } from '../../access/index.ts'
import { company } from '../../company/index.ts'
import { Fault } from '../../platform/fault.ts'
import { cancelJob, enqueue, secondsLeft, standings } from '../../platform/jobs/index.ts'
import { type Db } from '../../platform/postgres.ts'
import { type ReadyModelView } from '../contract.ts'
import { stageInWords } from '../explain.ts'
import { readyModels } from '../files.ready.ts'
import { type Model } from '../model.ts'
import { shownStages } from '../population.ts'
import { holdHeardModels } from '../store.ts'
import { BUILD, CLEAR, subjectOf } from './jobs.ts'
import { type KnownModel, knownModels, lockModels, prepare, setPrimary, setState } from './store.ts'

export { modelJobs } from './jobs.ts'

/** Every model that can be switched on or is, in words: first those that come with the program. */
export async function readyViews(db: Db, now: number): Promise<ReadyModelView[]> {
  const ready = readyModels()
  const known = await knownModels(db)
  const others = [...known.values()].map(one => one.model).filter(model => !ready.some(one => one.id === model.id))
  const jobs = await standings(
    db,
    [...ready, ...others].map(model => subjectOf(model.id)),
  )
  return [...ready, ...others].map(file => {
    const here = known.get(file.id)
    // What is in use is shown as it is used.
    const model = here !== undefined && here.state !== 'off' ? here.model : file
    const job = jobs.get(subjectOf(file.id))
    return {
      id: model.id,
      name: model.name,
      question: model.question ?? file.question ?? '',
      purpose: model.purpose ?? file.purpose ?? '',
      description: model.description,
      version: model.version,
      state: here?.state ?? 'off',
      isPrimary: here?.isPrimary ?? false,
      progress: job?.progress ?? null,
      secondsLeft: job === undefined ? null : secondsLeft(job, now),
      trouble: here?.trouble ?? null,
      stages: shownStages(model).flatMap(stage => stageInWords(stage.id, model) ?? []),
      parameters: model.parameters,
    }
  })
}

export async function readyView(db: Db, id: string, now: number): Promise<ReadyModelView> {
  const view = (await readyViews(db, now)).find(one => one.id === id)
  if (view === undefined) throw new Fault('lifecycle.model_not_found', { model: id })
  return view
}

/** Asks for a model to be switched on, with the company's calendar and currency of now. Nothing happens to one that is on, or on its way. */
export async function switchOn(db: Db, act: Act, id: string): Promise<void> {
  await db.transaction().execute(async tx => {
    const known = (await lockModels(tx)).get(id)
    if (known !== undefined && known.state !== 'off') return
    const file: Model | undefined = readyModels().find(model => model.id === id) ?? known?.model
    if (file === undefined) throw new Fault('lifecycle.model_not_found', { model: id })
    const { timeZone, currency } = await company(tx)
    await prepare(tx, { ...file, timeZone, currency }, act.at)
    // What it left when it was switched off is still being cleared away.
    if (!(await enqueue(tx, { kind: BUILD, subject: subjectOf(id) }, act.at)))
      throw new Fault('lifecycle.model_busy', { model: file.name })
    await audit(tx, act, 'model.switched_on', id)
  })
}

/** Switches a model off at once; what was told of it is cleared away. One that is being made ready is given up. */
export async function switchOff(db: Db, act: Act, id: string): Promise<void> {
  await db.transaction().execute(async tx => {
    await holdHeardModels(tx)
    const known = existing(await lockModels(tx), id)
    if (known.state === 'off') return
    if (known.isPrimary) throw new Fault('lifecycle.model_is_primary', { model: known.model.name })
    await audit(tx, act, 'model.switched_off', id)
    // On its way, its job gives it up, and then clears away.
    if (known.state !== 'live' && (await cancelJob(tx, subjectOf(id)))) return
    await setState(tx, id, 'off')
    if (!(await enqueue(tx, { kind: CLEAR, subject: subjectOf(id) }, act.at)))
      throw new Fault('lifecycle.model_busy', { model: known.model.name })
  })
}

/** Makes a live model the one that is shown where nobody asked for another. */
export async function makePrimary(db: Db, act: Act, id: string): Promise<void> {
  await db.transaction().execute(async tx => {
    const known = existing(await lockModels(tx), id)
    if (known.isPrimary) return
    if (known.state !== 'live') throw new Fault('lifecycle.model_not_live', { model: known.model.name })
    await setPrimary(tx, id)
    await audit(tx, act, 'model.made_primary', id)
  })
}

function existing(known: ReadonlyMap<string, KnownModel>, id: string): KnownModel {
  const one = known.get(id)
  if (one !== undefined) return one
  const ready = readyModels().find(model => model.id === id)
  if (ready === undefined) throw new Fault('lifecycle.model_not_found', { model: id })
  return { model: ready, state: 'off', isPrimary: false, trouble: null }
}
