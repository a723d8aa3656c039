export function* sampleShop(_options: { now: number; currency: string }): Generator<string> {
  yield ''
}
