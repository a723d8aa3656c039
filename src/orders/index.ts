export { isOrderEvent, NO_ORDERS, OrderBook, type OrderEvent, type OrderFacts } from './book.ts'
