/** Somebody who was joined to somebody, and stays so. */
export type Edge = { loser: number; winner: number }

/**
 * Who of `members` is read as whom, as the joinings that still stand say: whoever was never joined to anybody is in front.
 * Everybody in front is a key, also those who are alone.
 */
export function groupsFrom(members: readonly number[], standing: readonly Edge[]): Map<number, number[]> {
  const winnerOf = new Map(standing.map(({ loser, winner }) => [loser, winner]))
  const headOf = (id: number): number => {
    const winner = winnerOf.get(id)
    return winner === undefined ? id : headOf(winner)
  }
  const groups = new Map<number, number[]>()
  for (const id of members) {
    const head = headOf(id)
    const others = groups.get(head) ?? []
    groups.set(head, id === head ? others : [...others, id])
  }
  return groups
}
