import { addDays, addMonths, type Day, daysBetween, earlier, isDay, later } from './days.ts'

export const PRESETS = ['7d', '30d', '90d', '12m', 'all'] as const
export type Preset = (typeof PRESETS)[number]
export const COMPARISONS = ['previous', 'year', 'none'] as const
export type Comparison = (typeof COMPARISONS)[number]

/** The period as it stands in the address. What is absent has its default, so that addresses stay short. */
export type PeriodSearch = { period?: Preset; from?: Day; to?: Day; compare?: Comparison }

export function periodSearch(search: Record<string, unknown>): PeriodSearch {
  const found: PeriodSearch = {}
  if (PRESETS.includes(search.period as Preset)) found.period = search.period as Preset
  if (isDay(search.from)) found.from = search.from
  if (isDay(search.to)) found.to = search.to
  if (COMPARISONS.includes(search.compare as Comparison)) found.compare = search.compare as Comparison
  return found
}

/** First and last day with data, and today; all three on the company's calendar. */
export type Span = { first: Day; last: Day; today: Day; isEmpty: boolean }

/** Both days belong to it. `before` is the day whose end the period starts from. */
export type Period = { preset: Preset | 'custom'; first: Day; last: Day; before: Day; days: number }
export type Chosen = Period & { comparison: Comparison; against: Period | null }

const period = (preset: Period['preset'], first: Day, last: Day): Period => ({
  preset,
  first,
  last,
  before: addDays(first, -1),
  days: daysBetween(first, last) + 1,
})

/** Old data is looked at on its last day: months after the last order everybody has lapsed, which is true and tells nothing. */
export const STALE_AFTER_DAYS = 45

export const defaultLast = ({ last, today }: Span): Day => (daysBetween(last, today) > STALE_AFTER_DAYS ? last : today)

function firstDay(preset: Preset, last: Day, span: Span): Day {
  switch (preset) {
    case '7d':
      return addDays(last, -6)
    case '30d':
      return addDays(last, -29)
    case '90d':
      return addDays(last, -89)
    case '12m':
      return addDays(addMonths(last, -12), 1)
    case 'all':
      return earlier(span.first, last)
  }
}

/** What the address means for this company's data. */
export function choose(search: PeriodSearch, span: Span): Chosen {
  const last = search.to ?? defaultLast(span)
  const preset = search.from && search.from <= last ? 'custom' : (search.period ?? '12m')
  const first = preset === 'custom' ? (search.from ?? last) : firstDay(preset, last, span)
  const chosen = period(preset, first, last)
  const comparison = search.compare ?? 'previous'
  return { ...chosen, comparison, against: preset === 'all' ? null : before(chosen, comparison) }
}

function before(chosen: Period, comparison: Comparison): Period | null {
  if (comparison === 'none') return null
  if (comparison === 'year') return period(chosen.preset, addMonths(chosen.first, -12), addMonths(chosen.last, -12))
  if (chosen.preset === '12m') return period('12m', addMonths(chosen.first, -12), addMonths(chosen.last, -12))
  return period(chosen.preset, addDays(chosen.first, -chosen.days), addDays(chosen.last, -chosen.days))
}

/** The same length of time, ending on another day: what the date slider does. */
export function endingOn(search: PeriodSearch, chosen: Chosen, last: Day): PeriodSearch {
  const moved: PeriodSearch = { ...search, to: last }
  if (chosen.preset === 'custom') moved.from = addDays(last, 1 - chosen.days)
  return moved
}

/** Days on which the slider may stand: from the day before the first order to today. */
export const bounds = ({ first, last, today }: Span) => ({ first, last: later(last, today) })
