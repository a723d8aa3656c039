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
