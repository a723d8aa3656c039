/** One measured number, beside a reference measured in the same run and the bar it should hold, where there is one. */
export type Figure = {
  bench: string
  what: string
  value: number
  unit: string
  reference?: { what: string; value: number }
  bar?: { atMost: number } | { atLeast: number }
}

/** CPU by program, for those that used any. */
export const cpuParts = (bench: string, cpuMsBy: Readonly<Record<string, number>>, count: number, unit: string): Figure[] =>
  Object.entries(cpuMsBy)
    .filter(([, ms]) => ms > 0)
    .map(([part, ms]) => ({ bench, what: `  of it ${part}`, value: ms / count, unit }))

export const ratioOf = ({ value, reference }: Figure): number | null =>
  reference === undefined || reference.value === 0 ? null : value / reference.value

export function holds({ value, bar }: Figure): boolean | null {
  if (bar === undefined) return null
  return 'atMost' in bar ? value <= bar.atMost : value >= bar.atLeast
}

/** The value below which a share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

/** Three digits that mean something, without a 1.2e+6. */
export const short = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 4 })

const HEAD = ['what', 'value', 'ratio', 'reference', 'bar']
const RIGHT = new Set([1, 2])

/** The figures as a table for people, one block for each bench. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(cellsOf)
  const widths = HEAD.map((head, i) => Math.max(head.length, ...rows.map(row => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, i) => (RIGHT.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join('   ')}`.trimEnd()
  const blocks = Map.groupBy(figures, figure => figure.bench)
  return [...blocks]
    .map(([bench, own]) => [`\n${bench}`, line(HEAD), ...own.map(figure => line(cellsOf(figure)))].join('\n'))
    .join('\n')
}

function cellsOf(figure: Figure): string[] {
  const { what, value, unit, reference, bar } = figure
  const ratio = ratioOf(figure)
  const limit = bar === undefined ? '' : 'atMost' in bar ? `≤ ${short(bar.atMost)}` : `≥ ${short(bar.atLeast)}`
  return [
    what,
    `${short(value)} ${unit}`,
    ratio === null ? '' : `${short(ratio)} ×`,
    reference === undefined ? '' : `${short(reference.value)} ${unit}  ${reference.what}`,
    bar === undefined ? '' : `${limit} ${holds(figure) ? '✓' : '✗'}`,
  ]
}
