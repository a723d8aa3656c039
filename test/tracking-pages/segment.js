import { AnalyticsBrowser } from '@segment/analytics-next'

/** What a shop's page does with Segment's SDK: nothing changed but host and key. */
window.visit = async ({ writeKey, url, isBatching, order }) => {
  const settings = isBatching
    ? { integrations: { 'Segment.io': { deliveryStrategy: { strategy: 'batching', config: { size: 3, timeout: 300 } } } } }
    : {}
  const analytics = AnalyticsBrowser.load({ writeKey, cdnURL: url }, settings)
  await analytics.page('Docs', 'Home')
  await analytics.identify('u1', { email: 'a@b.example' })
  await analytics.track('Order Completed', order)
  await analytics.screen('Main')
  await analytics.group('g1', { name: 'A' })
  await analytics.alias('u1', 'an1')
}

/** Something every so often, for as long as it is asked to. */
window.steady = async ({ writeKey, url, name, count, everyMs }) => {
  const analytics = AnalyticsBrowser.load({ writeKey, cdnURL: url })
  for (let i = 0; i < count; i++) {
    analytics.track(`${name} ${i}`)
    await new Promise(done => setTimeout(done, everyMs))
  }
}
