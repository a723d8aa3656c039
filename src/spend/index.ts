export { addSpend, closeLayer, compareSpend, dropLayer, openLayer, type Spend, spendBetween } from './store.ts'
