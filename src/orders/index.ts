export { CHANGED, isOrderEvent, NO_ORDERS, NOTHING, ONE_MORE, OrderBook, type OrderFacts, UNCLEAR } from './book.ts'
export { type Order, type OrderEvent, orderEventOf, refundIdOf } from './order.ts'
