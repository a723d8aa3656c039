/** Where a customer stands and what their orders come to, as far as a list shows it. */
export type Glance = { stage: string; since: number; orders: number; lastOrderAt: number | null; revenue: Record<string, number> }

/** What the lifecycle knows of customers, handed in from above: a list and a profile show it, and this module does not ask upwards. */
export type Lens = {
  /** The live model of that name, or the primary one, and its stages; else `lifecycle.model_not_found`. */
  stages(model: string | undefined): Promise<{ id: string; stages: { id: string; name: string; super: string }[] }>
  /** The instant that a text means; null for now. */
  instant(at: string | undefined): Promise<number | null>
  /** How customers stand now (null) or at an instant; those who were not customers yet are missing. */
  glances(model: string | undefined, customerIds: readonly number[], at: number | null): Promise<Map<number, Glance>>
  /** Customers in a stage, page by page: `after` is the last one of the page before. */
  inStage(
    model: string | undefined,
    stage: string,
    at: number | null,
    after: { id: number; since: number } | null,
    limit: number,
  ): Promise<{ id: number; since: number }[]>
  /** Every move of one customer, with the names of the stages. */
  moves(customerId: number): Promise<{ at: number; from: string | null; to: string; because: 'event' | 'clock' }[]>
}
