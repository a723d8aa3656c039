import { type CustomerCount } from './contract.ts'

/** 95 of 100 normal deviations lie within. */
const Z = 1.96
/** Rows of one page resemble each other (they came together), so a sample of pages is worth less than one of rows. */
const CLUSTERING = 2

/** From `hits` among `rows` to `total`: the count to two figures, and how far it may be off. */
export function estimateFrom({ hits, rows, total }: { hits: number; rows: number; total: number }): CustomerCount {
  if (rows === 0) return { count: 0, isExact: false, margin: total }
  const share = hits / rows
  const margin = Math.ceil(
    Z * CLUSTERING * Math.sqrt((Math.max(share, 1 / rows) * (1 - Math.min(share, 1 - 1 / rows))) / rows) * total,
  )
  return { count: rounded(share * total), isExact: false, margin }
}

/** To two figures: more would look like knowledge. */
function rounded(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1)
  return Math.round(value / step) * step
}
