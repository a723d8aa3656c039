import { type PopulationOver } from '../../src/lifecycle/contract.ts'
import { type Day, daysBetween } from '../app/days.ts'

/** More points than this say nothing more at the width of a screen, and would only be waited for. */
const POINTS_MAX = 800

export const bandStep = (first: Day, last: Day): 'day' | 'week' | 'month' => {
  const days = daysBetween(first, last)
  return days <= POINTS_MAX ? 'day' : days <= POINTS_MAX * 7 ? 'week' : 'month'
}

/** The day before the first with anybody in it: where the slider begins. Undefined while nobody is known. */
export function began(history: PopulationOver | undefined): Day | undefined {
  const index = history?.points.findIndex(point => point.total > 0) ?? -1
  return index < 0 ? undefined : history?.points[Math.max(0, index - 1)]?.day
}

/** The last counted day up to and including this one: what the map shows while somebody drags. */
export function bandAt(history: PopulationOver, day: Day): PopulationOver['points'][number] | undefined {
  let low = 0
  let high = history.points.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((history.points[middle]?.day ?? '') <= day) low = middle + 1
    else high = middle
  }
  return history.points[low - 1]
}
