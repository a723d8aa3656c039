import { sql } from 'kysely'
import { standingOf } from '../consent/index.ts'
import { CONSENT_EVENTS, type Envelope } from '../events/contract.ts'
import { type Db } from '../platform/postgres.ts'

/** Whether what each event says of its customer is so already: all their ids are theirs, every trait is as said, the consent stands as said. */
export async function isTold(db: Db, envelopes: readonly Envelope[]): Promise<boolean[]> {
  const owners = await ownersOf(db, envelopes)
  const who = envelopes.map(envelope => soleOwner(envelope, owners))
  const consents = await standingOf(db, [
    ...new Set(who.flatMap((owner, i) => (owner && isConsent(envelopes[i]) ? [owner.customerId] : []))),
  ])
  return envelopes.map((envelope, i) => {
    const owner = who[i]
    if (owner === undefined) return false
    if (!isConsent(envelope)) return isAsSaid(envelope.traits ?? {}, owner.traits)
    const { purpose, channel } = envelope.properties ?? {}
    const stands = consents.get(owner.customerId)?.find(one => one.purpose === purpose && one.channel === channel)
    return stands !== undefined && CONSENT_EVENTS[stands.status] === envelope.name
  })
}

const CONSENTS = new Set<string | undefined>(Object.values(CONSENT_EVENTS))
const isConsent = (envelope: Envelope | undefined): boolean => CONSENTS.has(envelope?.name)

const isAsSaid = (said: Record<string, unknown>, known: Record<string, unknown>): boolean =>
  Object.entries(said).every(([name, value]) => known[name] === value)

type Owner = { customerId: number; traits: Record<string, unknown> }

/** The one customer whom all ids of an event belong to; undefined when one is new or they disagree. */
function soleOwner({ identities }: Envelope, owners: ReadonlyMap<string, Owner>): Owner | undefined {
  const found = identities.map(({ kind, value }) => owners.get(`${kind}:${value}`))
  return found.every(owner => owner?.customerId === found[0]?.customerId) ? found[0] : undefined
}

async function ownersOf(db: Db, envelopes: readonly Envelope[]): Promise<Map<string, Owner>> {
  const identities = envelopes.flatMap(envelope => envelope.identities)
  if (identities.length === 0) return new Map()
  const { rows } = await sql<{ kind: string; value: string; id: number; traits: Record<string, unknown> }>`
    select i.kind, i.value, c.id, c.traits
    from identity i join customer o on o.id = i.customer_id join customer c on c.id = coalesce(o.merged_into, o.id)
    where (i.kind, i.value) in (select * from unnest(${identities.map(({ kind }) => kind)}::text[], ${identities.map(({ value }) => value)}::text[]))`.execute(
    db,
  )
  return new Map(rows.map(row => [`${row.kind}:${row.value}`, { customerId: row.id, traits: row.traits }]))
}
