/** What one request, one event and one source may bring. The figures of Segment's specification where it has one. */
export type Limits = {
  /** After gunzip. */
  bodyBytesMax: number
  eventBytesMax: number
  batchBytesMax: number
  batchEventsMax: number
  /** Objects and lists inside each other. Recursive readers, ours included, end somewhere above a thousand. */
  depthMax: number
  /** An id is a key of an index in Postgres, whose entries end at 2,700 bytes. */
  idCharsMax: number
  nameCharsMax: number
  /** A clock that is wrong by less than this is put right; an event further ahead is not believed. */
  futureMsMax: number
  /** Before this no shop had customers on line; what lies there are clocks that start at 1970, or seconds taken for milliseconds. */
  earliest: number
  /** Of what could not be used, in characters. */
  keptCharsMax: number
  /** Unusable events of one request that are kept one by one; the rest of them is told as one. */
  quarantinedPerRequestMax: number
}

export const LIMITS: Limits = {
  bodyBytesMax: 4 * 2 ** 20,
  eventBytesMax: 32 * 1024,
  batchBytesMax: 500 * 1024,
  batchEventsMax: 2_500,
  depthMax: 64,
  idCharsMax: 500,
  nameCharsMax: 500,
  futureMsMax: 24 * 3_600_000,
  earliest: Date.UTC(1971, 0, 1),
  keptCharsMax: 32 * 1024,
  quarantinedPerRequestMax: 500,
}
