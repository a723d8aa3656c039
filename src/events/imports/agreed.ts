import {
  CONSENT_CHANNELS,
  CONSENT_EVENTS,
  CONSENT_PURPOSES,
  type ConsentChannel,
  type ConsentPurpose,
  type ConsentStatus,
  type Envelope,
  type Identity,
} from '../contract.ts'
import { squashed } from './headers.ts'

/** What somebody said to being addressed, as a file tells it. */
export type Agreed = {
  purpose: ConsentPurpose
  channel: ConsentChannel
  status: ConsentStatus
  at: number
  saidIn: string
  proof: string
}

const wordsOf = <T extends string>(table: Readonly<Record<T, string>>): ReadonlyMap<string, T> =>
  new Map(
    Object.entries<string>(table).flatMap(([meaning, words]) => words.split(' ').map(word => [word, meaning as T] as const)),
  )

const STATUS = wordsOf<ConsentStatus>({
  granted:
    'granted grant given yes y true 1 optin optedin subscribed subscribe active confirmed accepted accept consented allowed ja oui si erteilt zugestimmt angemeldet accepte inscrit aceptado suscrito iscritto',
  denied:
    'denied deny no n false 0 refused rejected declined notgiven neversubscribed notsubscribed nein non abgelehnt refuse rechazado rifiutato nee',
  withdrawn:
    'withdrawn withdraw revoked optout optedout unsubscribed unsubscribe cancelled canceled stopped widerrufen abgemeldet retire desinscrit retirado ritirato afgemeld uitgeschreven',
})
const PURPOSE = wordsOf<ConsentPurpose>({
  marketing:
    'marketing newsletter news advertising ads promotions promotion promo offers werbung publicite publicidad pubblicita reclame',
  profiling: 'profiling personalisation personalization profile profilbildung personalisierung',
  open_tracking: 'opentracking opens',
  click_tracking: 'clicktracking clicks',
  sharing: 'sharing share thirdparty thirdparties partners weitergabe',
})
const CHANNEL = wordsOf<ConsentChannel>({
  email: 'email mail newsletter emails courriel correo',
  sms: 'sms text textmessage mobile',
  phone: 'phone telephone call calls telefon tel',
  whatsapp: 'whatsapp',
  push: 'push webpush apppush notification notifications',
  post: 'post postal directmail letter brief courrier',
  any: 'any all alle tous todos tutti',
})

export const statusOf = (text: string): ConsentStatus | null => STATUS.get(squashed(text)) ?? null
export const purposeOf = (text: string): ConsentPurpose | null => PURPOSE.get(squashed(text)) ?? null
export const channelOf = (text: string): ConsentChannel | null => CHANNEL.get(squashed(text)) ?? null
export const KNOWN_PURPOSES = CONSENT_PURPOSES.join(', ')
export const KNOWN_CHANNELS = CONSENT_CHANNELS.join(', ')

/** As an event about a person. */
export const consentEvent = (
  identities: readonly Identity[],
  { purpose, channel, status, at, saidIn, proof }: Agreed,
): Omit<Envelope, 'messageId'> => ({
  identities: [...identities],
  name: CONSENT_EVENTS[status],
  at,
  properties: { purpose, channel, ...(saidIn !== '' && { source: saidIn }), ...(proof !== '' && { proof }) },
})
