import { type Identity } from '../contract.ts'
import { type Agreed, channelOf, consentEvent, KNOWN_CHANNELS, KNOWN_PURPOSES, purposeOf, statusOf } from './agreed.ts'
import { Cells, type Settled } from './cells.ts'
import { Numbered, withMessageId } from './fold.ts'
import { unquoted } from './ids.ts'
import { type RecordTrouble } from './records.ts'
import { Refused, type Reject, rejected, shown } from './reject.ts'
import { type Reader, type StagedRow } from './staged.ts'

const PROOF_CHARS_MAX = 2_000

export type ConsentRow = { row: number; customer: string; identities: Identity[]; agreed: Agreed }

/** Reads who said what to which purpose and channel. */
export class ConsentReader implements Reader {
  readonly #cells: Cells

  constructor(mapping: Settled, width: number, now: number) {
    this.#cells = new Cells(mapping, width, now)
  }

  read(cells: string[], row: number, trouble: RecordTrouble | null): StagedRow | Reject {
    const good = trouble ? new Refused(trouble) : this.#good(cells, row)
    if (good instanceof Refused) return rejected(row, good, cells)
    const { purpose, channel, status, at } = good.agreed
    return { row, first: good.customer, second: [purpose, channel, at, status].join('|'), content: JSON.stringify(good) }
  }

  #good(cells: string[], row: number): ConsentRow | Refused {
    const shape = this.#cells.shape(cells)
    if (shape) return shape
    const person = this.#cells.person(cells)
    if (person instanceof Refused) return person
    if (person === null) return new Refused('person_missing')
    const agreed = this.#agreed(cells)
    return agreed instanceof Refused ? agreed : { row, ...person, agreed }
  }

  #agreed(cells: string[]): Agreed | Refused {
    const told = (field: Parameters<Cells['cell']>[0]) => unquoted(this.#cells.cell(field, cells))
    const statusText = told('consent_status')
    if (statusText === '') return new Refused('consent_status_missing')
    const status = statusOf(statusText)
    if (status === null) return new Refused('consent_status_unknown', { value: shown(statusText) })
    // A list of subscribers without these columns is about marketing by email; a cell that says something else is not.
    const purpose = purposeOf(told('purpose') || 'marketing')
    if (purpose === null) return new Refused('purpose_unknown', { value: shown(told('purpose')), known: KNOWN_PURPOSES })
    const channel = channelOf(told('consent_channel') || 'email')
    if (channel === null) return new Refused('channel_unknown', { value: shown(told('consent_channel')), known: KNOWN_CHANNELS })
    const time = told('consented_at')
    if (time === '') return new Refused('date_missing')
    const at = this.#cells.past(time)
    if (at instanceof Refused) return at
    const proof = [told('consent_proof'), told('consent_ip') && `IP ${told('consent_ip')}`].filter(Boolean).join(' · ')
    return { purpose, channel, status, at, saidIn: told('consent_source').slice(0, 500), proof: proof.slice(0, PROOF_CHARS_MAX) }
  }
}

/** Consents sorted by person, purpose, channel and time. */
export class ConsentFold extends Numbered {
  #last: ConsentRow | null = null

  add(content: string): void {
    const read = JSON.parse(content) as ConsentRow
    const last = this.#last
    // Staged twice by a worker that was killed in between.
    if (last?.row === read.row) return
    if (last?.customer !== read.customer) this.customer()
    this.#last = read
    const isSame = (['purpose', 'channel', 'status', 'at'] as const).every(part => last?.agreed[part] === read.agreed[part])
    if (last?.customer === read.customer && isSame)
      this.conflict({ row: read.row, code: 'repeated', params: { first: last.row } })
    else this.emit(withMessageId(consentEvent(read.identities, read.agreed)))
  }

  end(): void {}
}
