import { z } from 'zod'
import { type Worker } from '../../events/index.ts'
import { type Handlers } from '../../platform/jobs/index.ts'
import { JOIN, join, SEPARATE, separate } from './index.ts'

const toJoin = z.object({ winner: z.int(), loser: z.int(), by: z.string() })
const toSeparate = z.object({ merge: z.int(), by: z.string() })

/** Joins and takes apart what colleagues ask for. */
export const mergingJobs = (worker: Worker): Handlers => ({
  [JOIN]: {
    async run({ cursor }) {
      const { winner, loser, by } = toJoin.parse(cursor)
      await join(worker, winner, loser, by)
    },
  },
  [SEPARATE]: {
    async run({ cursor }) {
      const { merge, by } = toSeparate.parse(cursor)
      await separate(worker, merge, by)
    },
  },
})
