/** How to send a first event with each of these, at this server's address. Programs, not sentences: they are the same in every language. */
export const snippets = (address: string): { name: string; code: string }[] => [
  {
    name: 'Website',
    code: `<script>
  ;(p => {
    for (const name of ['load', 'page', 'identify', 'track', 'group', 'consent', 'reset'])
      p[name] ??= (...words) => p.push([Date.now(), name, ...words])
  })((window.perennial = window.perennial || []))
  perennial.load('YOUR_WRITE_KEY')
  perennial.page()
  // Nothing is stored or sent until your consent banner was answered. Let it call, on every page:
  // perennial.consent({ analytics: true })   or   perennial.consent({ analytics: false })
</script>
<script async src="${address}/perennial.js"></script>`,
  },
  {
    name: 'Segment',
    code: `import { Analytics } from '@segment/analytics-node'

const analytics = new Analytics({
  writeKey: 'YOUR_WRITE_KEY',
  host: '${address}',
})
analytics.track({
  userId: '17',
  event: 'Order Completed',
  properties: { order_id: '4711', total: 27.5, currency: 'EUR' },
})
await analytics.closeAndFlush()`,
  },
  {
    name: 'RudderStack',
    code: `import RudderAnalytics from '@rudderstack/rudder-sdk-node'

const analytics = new RudderAnalytics('YOUR_WRITE_KEY', {
  dataPlaneUrl: '${address}',
})
analytics.track({
  userId: '17',
  event: 'Order Completed',
  properties: { order_id: '4711', total: 27.5, currency: 'EUR' },
})
analytics.flush()`,
  },
  {
    name: 'curl',
    code: `curl ${address}/v1/track -u YOUR_WRITE_KEY: -d '{
  "userId": "17",
  "event": "Order Completed",
  "messageId": "order-4711",
  "properties": { "order_id": "4711", "total": 27.50, "currency": "EUR" }
}'`,
  },
]
