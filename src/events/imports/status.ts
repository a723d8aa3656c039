import { squashed } from './headers.ts'

/** What an order's status says about it. `unpaid`: it never became an order. Anything that is not listed is an order. */
export type OrderStatus = 'placed' | 'cancelled' | 'refunded' | 'unpaid'

const WORDS: Record<Exclude<OrderStatus, 'placed'>, string> = {
  cancelled:
    'cancelled canceled cancelledbycustomer voided void storniert abgebrochen annule annulee annulato annullato cancelado cancelada anulado anulada geannuleerd',
  refunded:
    'refunded fullyrefunded erstattet zuruckerstattet rembourse remboursee reembolsado reembolsada rimborsato terugbetaald',
  unpaid:
    'failed paymentfailed declined rejected expired abandoned draft checkoutdraft trash requirespaymentmethod requiresaction fehlgeschlagen abgelehnt echoue echouee refuse fallido fallida fallito mislukt',
}
const BY_WORD = new Map(
  Object.entries(WORDS).flatMap(([status, words]) => words.split(' ').map(word => [word, status as OrderStatus] as const)),
)

// A file has a handful of different statuses and millions of rows.
const seen = new Map<string, OrderStatus>()

export function orderStatus(text: string): OrderStatus {
  const known = seen.get(text)
  if (known) return known
  // WooCommerce prefixes its own: wc-completed.
  const status = BY_WORD.get(squashed(text).replace(/^wc/, '')) ?? 'placed'
  if (seen.size < 1_000) seen.set(text, status)
  return status
}
