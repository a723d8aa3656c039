import process from 'node:process'
import fc from 'fast-check'

/**
 * Property tests try the same cases in every run, so that a build turns red for what was changed and not for what the dice found.
 * To look for more: PERENNIAL_SEED=random, or a number to see one again.
 */
const given = process.env.PERENNIAL_SEED
if (given !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(given ?? 20_261_122) })
