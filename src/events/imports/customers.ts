import { type Envelope, type Identity } from '../contract.ts'
import { type Agreed, consentEvent, statusOf } from './agreed.ts'
import { Cells, type Settled } from './cells.ts'
import { type Field } from './contract.ts'
import { IDENTIFIED, Numbered, withMessageId } from './fold.ts'
import { isPlaceholder, unquoted } from './ids.ts'
import { type RecordTrouble } from './records.ts'
import { Refused, type Reject, rejected, shown } from './reject.ts'
import { type Reader, type StagedRow } from './staged.ts'

const TRAIT_CHARS_MAX = 1_000
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?$/
/** When somebody became known: in Segment's words what a sign-up is, without saying where. */
export const CREATED = 'Customer Created'

type Traits = NonNullable<Envelope['traits']>
export type CustomerRow = {
  row: number
  customer: string
  identities: Identity[]
  createdAt: number | null
  traits: Traits
  agreed: Agreed[]
}

/** Reads one customer a row: who they are, what is known of them, and, if a person said so, what they agreed to. */
export class CustomerReader implements Reader {
  readonly #cells: Cells

  constructor(mapping: Settled, width: number, now: number) {
    this.#cells = new Cells(mapping, width, now)
  }

  read(cells: string[], row: number, trouble: RecordTrouble | null): StagedRow | Reject {
    const good = trouble ? new Refused(trouble) : this.#good(cells, row)
    return good instanceof Refused
      ? rejected(row, good, cells)
      : { row, first: good.customer, second: '', content: JSON.stringify(good) }
  }

  #good(cells: string[], row: number): CustomerRow | Refused {
    const shape = this.#cells.shape(cells)
    if (shape) return shape
    const person = this.#cells.person(cells)
    if (person instanceof Refused) return person
    if (person === null) return new Refused('person_missing')
    const created = this.#cells.cell('created_at', cells)
    const createdAt = created === '' || isPlaceholder(created) ? null : this.#cells.past(created)
    if (createdAt instanceof Refused) return createdAt
    const agreed = this.#cells.mapping.consents ? this.#agreed(cells) : []
    return agreed instanceof Refused
      ? agreed
      : { row, ...person, createdAt, traits: this.#traits(cells, person.identities), agreed }
  }

  #traits(cells: string[], identities: readonly Identity[]): Traits {
    const traits: Traits = {}
    const text = (field: Field) => this.#cells.id(field, cells).slice(0, TRAIT_CHARS_MAX)
    const email = identities.find(({ kind }) => kind === 'email')?.value ?? ''
    const told = {
      email,
      name: text('name'),
      firstName: text('first_name'),
      lastName: text('last_name'),
      phone: this.#cells.phone(cells) ?? text('phone'),
      country: text('country'),
      city: text('city'),
    }
    for (const [trait, value] of Object.entries(told)) if (value !== '') traits[trait] = value
    for (const { column, name: trait, isNumber } of this.#cells.mapping.traits ?? []) {
      const value = unquoted((cells[column] ?? '').trim()).slice(0, TRAIT_CHARS_MAX)
      if (value === '' || isPlaceholder(value) || trait in told) continue
      traits[trait] = isNumber && NUMBER.test(value) ? Number(value) : value
    }
    return traits
  }

  /** What the row says of consent to marketing. A state without a time is that of the reading. */
  #agreed(cells: string[]): Agreed[] | Refused {
    const ip = this.#cells.cell('consent_ip', cells)
    const [agreedAt, withdrawnAt] = [this.#timeOf('consented_at', cells), this.#timeOf('withdrawn_at', cells)]
    if (agreedAt instanceof Refused) return agreedAt
    if (withdrawnAt instanceof Refused) return withdrawnAt
    const proof = ip === '' ? '' : `IP ${ip}`
    const agreed: Agreed[] = []
    for (const channel of ['email', 'sms', 'whatsapp'] as const) {
      const text = this.#cells.cell(`consent_${channel}`, cells)
      // Pending: asked, and not answered.
      if (text === '' || /^pending$/i.test(text)) continue
      const status = statusOf(text)
      if (status === null) return new Refused('yes_no_unreadable', { value: shown(text) })
      const isTimed = channel === 'email' && status === 'granted' && agreedAt !== null
      agreed.push({
        purpose: 'marketing',
        channel,
        status,
        at: isTimed ? agreedAt : this.#cells.now,
        saidIn: '',
        proof: isTimed ? proof : '',
      })
    }
    const email = { purpose: 'marketing', channel: 'email', saidIn: '' } as const
    if (agreedAt !== null && this.#cells.mapping.columns.consent_email === undefined)
      agreed.push({ ...email, status: 'granted', at: agreedAt, proof })
    if (withdrawnAt !== null) agreed.push({ ...email, status: 'withdrawn', at: withdrawnAt, proof: '' })
    return agreed
  }

  #timeOf(field: Field, cells: string[]): number | null | Refused {
    const text = this.#cells.cell(field, cells)
    return text === '' || isPlaceholder(text) ? null : this.#cells.past(text)
  }
}

/** Rows sorted by customer: several of the same are one customer, and what a later row says of a trait stands. */
export class CustomerFold extends Numbered {
  readonly #now: number
  #open: CustomerRow | null = null

  /** `now`: when the reading began. What the file says of a customer, it says then. */
  constructor(now: number) {
    super(({ name }) => name === IDENTIFIED, now)
    this.#now = now
  }

  add(content: string): void {
    const read = JSON.parse(content) as CustomerRow
    const open = this.#open
    // Staged twice by a worker that was killed in between.
    if (open?.row === read.row) return
    if (open?.customer !== read.customer) {
      this.end()
      this.#open = read
      return
    }
    const createdAt = [open.createdAt, read.createdAt].filter(at => at !== null)
    this.#open = {
      row: read.row,
      customer: open.customer,
      identities: [...new Map([...open.identities, ...read.identities].map(one => [`${one.kind}:${one.value}`, one])).values()],
      createdAt: createdAt.length === 0 ? null : Math.min(...createdAt),
      traits: { ...open.traits, ...read.traits },
      agreed: joined([...open.agreed, ...read.agreed]),
    }
  }

  end(): void {
    const open = this.#open
    this.#open = null
    if (open === null) return
    this.customer()
    const { identities, createdAt, traits, agreed } = open
    const events: Omit<Envelope, 'messageId'>[] = [
      ...(createdAt === null ? [] : [{ identities, name: CREATED, at: createdAt }]),
      ...agreed.map(one => consentEvent(identities, one)),
      { identities, name: IDENTIFIED, at: this.#now, traits: withName(traits) },
    ]
    for (const event of events.sort((a, b) => a.at - b.at)) this.emit(withMessageId(event))
  }
}

/** First and last name are a name, unless the file has one written out. */
export function withName(traits: Traits): Traits {
  const name = [traits.firstName, traits.lastName].filter(part => part !== undefined).join(' ')
  return traits.name === undefined && name !== '' ? { ...traits, name } : traits
}

/** Of two answers for the same way at the same time the later row's. */
const joined = (agreed: readonly Agreed[]): Agreed[] => [
  ...new Map(agreed.map(one => [`${one.purpose}|${one.channel}|${one.at}`, one])).values(),
]
