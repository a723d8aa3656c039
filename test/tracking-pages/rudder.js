import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'

/** What a shop's page does with RudderStack's SDK: nothing changed but host and key. */
window.visit = ({ writeKey, url, isBatching, order }) => {
  const analytics = new RudderAnalytics()
  analytics.load(writeKey, url, {
    configUrl: url,
    ...(isBatching && { queueOptions: { batch: { enabled: true, maxItems: 3, flushInterval: 300 } } }),
  })
  analytics.page('Docs', 'Home')
  analytics.identify('u1', { email: 'a@b.example' })
  analytics.track('Order Completed', order)
  analytics.group('g1', { name: 'A' })
  analytics.alias('u1', 'an1')
}

/** Something every so often, for as long as it is asked to. */
window.steady = async ({ writeKey, url, name, count, everyMs }) => {
  const analytics = new RudderAnalytics()
  analytics.load(writeKey, url, { configUrl: url })
  for (let i = 0; i < count; i++) {
    analytics.track(`${name} ${i}`)
    await new Promise(done => setTimeout(done, everyMs))
  }
}
