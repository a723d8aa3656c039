import { Badge, Button, Code, Group, ScrollArea, SegmentedControl, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { memo, type ReactNode, useState } from 'react'
import { type LiveEvent } from '../../src/events/tracking/contract.ts'
import { useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconAlertTriangle, IconCheck, IconChevronDown, IconPause, IconPlay } from '../app/icons.ts'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { type Arrivals, KEPT } from './arrivals.ts'
import { clock } from './clock.ts'
import { Content } from './content.tsx'
import styles from './tracking.module.css'

type Shown = 'all' | LiveEvent['outcome']

export function ArrivalsCard({
  arrivals: { items, counts, missed },
  isPaused,
  pause,
}: {
  arrivals: Arrivals
  isPaused: boolean
  pause: (isPaused: boolean) => void
}) {
  const [shown, show] = useState<Shown>('all')
  const filtered = items.filter(({ outcome }) => shown === 'all' || shown === outcome)
  return (
    <Card
      title={
        <span className={styles.live}>
          {t('tracking-ui:live.title')}
          <Badge ff="text" variant="light" color={isPaused ? 'gray' : 'fern'} c="var(--mantine-color-text)">
            {t(isPaused ? 'tracking-ui:live.paused' : 'tracking-ui:live.on')}
          </Badge>
        </span>
      }
      text={t('tracking-ui:live.counts', {
        accepted: format.number(counts.accepted),
        quarantined: format.number(counts.quarantined),
      })}
      actions={
        <Group gap="xs">
          <SegmentedControl
            size="xs"
            aria-label={t('tracking-ui:filter')}
            value={shown}
            onChange={value => show(value as Shown)}
            data={[
              { value: 'all', label: t('all') },
              { value: 'accepted', label: t('tracking-ui:outcome.accepted') },
              { value: 'quarantined', label: t('tracking-ui:outcome.quarantined') },
            ]}
          />
          <Button
            size="xs"
            variant="default"
            leftSection={isPaused ? <IconPlay size={15} /> : <IconPause size={15} />}
            onClick={() => pause(!isPaused)}
          >
            {t(isPaused ? 'tracking-ui:live.goOn' : 'tracking-ui:live.pause')}
          </Button>
        </Group>
      }
    >
      {filtered.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t(shown === 'all' ? 'tracking-ui:live.none' : 'tracking-ui:live.noneSuch')}
        </Text>
      ) : (
        <ScrollArea.Autosize
          mah={520}
          type="auto"
          viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('tracking-ui:live.title') }}
        >
          <ol className={`${styles.items} ${styles.scrolled}`}>
            {filtered.map(item => (
              <Arrival key={item.seq} item={item} />
            ))}
          </ol>
        </ScrollArea.Autosize>
      )}
      {items.length >= KEPT && (
        <Text size="xs" c="dimmed" mt="sm">
          {t('tracking-ui:live.kept', { count: KEPT })}
        </Text>
      )}
      {missed > 0 && (
        <Text size="xs" c="dimmed" mt="sm">
          {t('tracking-ui:live.missed', { count: missed, events: format.number(missed) })}
        </Text>
      )}
    </Card>
  )
}

const Arrival = memo(({ item }: { item: LiveEvent }) => {
  const { company } = useSession()
  const [isOpen, { toggle }] = useDisclosure(false)
  const isAside = item.outcome === 'quarantined'
  const who = item.identities[0]?.value
  return (
    <li className={styles.item}>
      <UnstyledButton className={styles.head} onClick={toggle} aria-expanded={isOpen}>
        <span className={styles.icon} data-outcome={item.outcome}>
          {isAside ? <IconAlertTriangle size={16} stroke={1.7} /> : <IconCheck size={16} stroke={1.9} />}
        </span>
        <span className={styles.text}>
          <span className={styles.title}>{item.name ?? t('tracking-ui:unnamed')}</span>
          <span className={styles.under}>{isAside ? item.why : [who, item.source].filter(Boolean).join(' · ')}</span>
        </span>
        <span className={styles.when}>
          <time dateTime={item.receivedAt}>{clock(item.receivedAt, company.timeZone, Date.now())}</time>
          <span data-outcome={item.outcome}>{t(`tracking-ui:outcome.${item.outcome}`)}</span>
        </span>
        <IconChevronDown size={16} style={{ flex: 'none', transform: isOpen ? 'rotate(180deg)' : undefined }} />
      </UnstyledButton>
      {isOpen && (
        <div className={styles.inside}>
          <dl className={styles.facts}>
            <Fact name={t('tracking-ui:fact.key')}>{item.source}</Fact>
            <Fact name={t('tracking-ui:fact.received')}>{format.instant(item.receivedAt, company.timeZone, 'minute')}</Fact>
            {item.at && <Fact name={t('tracking-ui:fact.at')}>{format.instant(item.at, company.timeZone, 'minute')}</Fact>}
            {item.identities.map(({ kind, value }) => (
              <Fact key={kind + value} name={kindOf(kind)}>
                {value}
              </Fact>
            ))}
            {item.messageId && (
              <Fact name={t('tracking-ui:fact.message')}>
                <Code>{item.messageId}</Code>
              </Fact>
            )}
            {item.field && (
              <Fact name={t('tracking-ui:fact.field')}>
                <Code>{item.field}</Code>
              </Fact>
            )}
          </dl>
          <Content raw={item.content} />
        </div>
      )}
    </li>
  )
})
Arrival.displayName = 'Arrival'

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** The ids that events bring, in words; one that is new to the page as the server calls it. */
function kindOf(kind: string): string {
  switch (kind) {
    case 'external':
    case 'anonymous':
    case 'email':
    case 'phone':
      return t(`tracking-ui:kind.${kind}`)
    default:
      return kind
  }
}
