export { isOrderEvent, NO_ORDERS, OrderBook, type OrderFacts } from './book.ts'
export { type Order, type OrderEvent, orderEventOf } from './order.ts'
