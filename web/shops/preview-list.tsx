import { Paper, Stack, Text, Title } from '@mantine/core'
import { type Preview, type PreviewEvent } from '../../src/events/shops/contract.ts'
import { useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { t } from '../app/words.ts'
import styles from '../tracking/tracking.module.css'

/** What a sample would become, while the mapping is made. */
export function PreviewList({ preview, trouble }: { preview: Preview | undefined; trouble: string | null }) {
  return (
    <div aria-live="polite">
      <Title order={3} size="h4" mb={8}>
        {t('shops-ui:preview.title')}
      </Title>
      {trouble !== null && (
        <Text size="sm" c="var(--p-bad)">
          {trouble}
        </Text>
      )}
      {preview === undefined && trouble === null && (
        <Text size="sm" c="dimmed">
          {t('shops-ui:preview.wait')}
        </Text>
      )}
      <Stack gap="xs">
        {preview?.events.map((event, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an element is its place
          <Paper key={i} p="sm" bg="var(--p-sunken)" withBorder>
            <OneEvent event={event} />
          </Paper>
        ))}
      </Stack>
      {preview !== undefined && preview.total > preview.events.length && (
        <Text size="sm" c="dimmed" mt={6}>
          {t('shops-ui:preview.more', { n: format.number(preview.total - preview.events.length) })}
        </Text>
      )}
    </div>
  )
}

/** Traits that are not the very ids they were taken from. */
const beside = ({ traits, identities }: PreviewEvent) =>
  Object.fromEntries(
    Object.entries(traits).filter(([name, value]) => !identities.some(one => one.kind === name && one.value === value)),
  )

function OneEvent({ event }: { event: PreviewEvent }) {
  const { company } = useSession()
  if (event.name === null)
    return (
      <Text size="sm">
        {event.why}{' '}
        {event.field !== null && (
          <Text span ff="monospace" size="xs">
            {t('shops-ui:preview.where', { field: event.field })}
          </Text>
        )}
      </Text>
    )
  const facts = [
    ...event.identities.map(({ kind, value }) => [kind, value]),
    ...(event.orderId === null ? [] : [[t('shops-ui:mapping.orderId'), event.orderId]]),
    ...(event.amount === null ? [] : [[t('shops-ui:mapping.amount'), format.money(event.amount)]]),
    ...event.lines.map(line => [`${line.quantity} ×`, line.name ?? line.sku ?? '–']),
    ...Object.entries({ ...beside(event), ...event.properties }).map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  ] as [string, string][]
  return (
    <>
      <Text size="sm" fw={600}>
        {event.name}
        {event.at !== null && (
          <Text span size="xs" c="dimmed">
            {' '}
            {t('shops-ui:preview.at', { at: format.moment(event.at, company.timeZone) })}
          </Text>
        )}
      </Text>
      <dl className={styles.facts} style={{ margin: '8px 0 0' }}>
        {facts.map(([name, value], i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two lines of an order may be the same
          <div key={i}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
