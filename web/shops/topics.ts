import { type ShopKind } from '../../src/events/shops/contract.ts'

/** What to choose in the shop's own list, by the names that it has there. */
export const TOPICS: Record<Exclude<ShopKind, 'generic'>, readonly string[]> = {
  shopify: [
    'Order creation',
    'Order update',
    'Order payment',
    'Order cancellation',
    'Refund create',
    'Customer creation',
    'Customer update',
    'Checkout creation',
    'Checkout update',
  ],
  woocommerce: ['Order created', 'Order updated', 'Order deleted', 'Order restored', 'Customer created', 'Customer updated'],
  stripe: [
    'checkout.session.completed',
    'payment_intent.succeeded',
    'charge.succeeded',
    'charge.captured',
    'charge.refunded',
    'customer.created',
    'customer.updated',
    'invoice.paid',
    'customer.subscription.created',
    'customer.subscription.updated',
    'customer.subscription.deleted',
  ],
}
