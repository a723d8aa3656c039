import { Badge, Button, Code, Group, Modal, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { type Quarantined } from '../../src/events/tracking/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { IconAlertTriangle, IconChevronDown } from '../app/icons.ts'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { clock } from './clock.ts'
import { Content } from './content.tsx'
import { Correct } from './correct.tsx'
import { type QuarantineChanges, useQuarantineChanges } from './queries.ts'
import styles from './tracking.module.css'

type Wish = { reason: string | null; why: string }

/** Events that could not be used, and what can be done with them. */
export function QuarantineCard({
  items,
  more,
  isMoreComing,
  ofOneSource = false,
}: {
  items: Quarantined[]
  more: (() => void) | null
  isMoreComing: boolean
  /** Of one source alone: all there is cannot be deleted from here. */
  ofOneSource?: boolean
}) {
  const may = useMay()
  const changes = useQuarantineChanges()
  const [wish, setWish] = useState<Wish | null>(null)
  const [toCorrect, correct] = useState<Quarantined | null>(null)
  return (
    <Card
      title={t('tracking-ui:aside.title')}
      text={t('tracking-ui:aside.text')}
      actions={
        may('imports:write') &&
        !ofOneSource && (
          <Button size="xs" variant="default" onClick={() => setWish({ reason: null, why: '' })}>
            {t('tracking-ui:aside.forgetAll')}
          </Button>
        )
      }
    >
      <ol className={styles.items}>
        {items.map(item => (
          <Held key={item.id} item={item} changes={changes} correct={correct} forgetSuch={setWish} />
        ))}
      </ol>
      {more && (
        <Button variant="subtle" mt="sm" loading={isMoreComing} onClick={more}>
          {t('more')}
        </Button>
      )}
      <Correct item={toCorrect} changes={changes} close={() => correct(null)} />
      <Modal opened={wish !== null} onClose={() => setWish(null)} title={t('tracking-ui:forget.title')}>
        <Text size="sm">
          {wish?.reason ? t('tracking-ui:forget.such', { why: wish.why }) : t('tracking-ui:forget.all')}{' '}
          {t('tracking-ui:forget.forGood')}
        </Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setWish(null)}>
            {t('cancel')}
          </Button>
          <Button
            color="clay"
            loading={changes.forgetAll.isPending}
            onClick={() => wish && changes.forgetAll.mutate(wish.reason, { onSuccess: () => setWish(null) })}
          >
            {t('tracking-ui:forget.do')}
          </Button>
        </Group>
      </Modal>
    </Card>
  )
}

function Held({
  item,
  changes,
  correct,
  forgetSuch,
}: {
  item: Quarantined
  changes: QuarantineChanges
  correct: (item: Quarantined) => void
  forgetSuch: (wish: Wish) => void
}) {
  const may = useMay()
  const { company } = useSession()
  const [isOpen, { toggle }] = useDisclosure(false)
  const name = item.name ?? t('tracking-ui:unnamed')
  const isBusy = changes.replay.isPending && changes.replay.variables === item.id
  return (
    <li className={styles.item}>
      <UnstyledButton className={styles.head} onClick={toggle} aria-expanded={isOpen}>
        <span className={styles.icon} data-outcome="quarantined">
          <IconAlertTriangle size={16} stroke={1.7} />
        </span>
        <span className={styles.text}>
          <span className={styles.title}>
            <span>{name}</span>
            {item.times > 1 && (
              <Badge size="sm" variant="light" color="marigold" c="var(--mantine-color-text)">
                {t('tracking-ui:aside.times', { count: item.times, times: format.number(item.times) })}
              </Badge>
            )}
          </span>
          <span className={styles.under}>{item.why}</span>
        </span>
        <span className={styles.when}>
          <time dateTime={item.lastAt}>{clock(item.lastAt, company.timeZone, Date.now())}</time>
          <span>{item.source}</span>
        </span>
        <IconChevronDown size={16} style={{ flex: 'none', transform: isOpen ? 'rotate(180deg)' : undefined }} />
      </UnstyledButton>
      {isOpen && (
        <div className={styles.inside}>
          <Text size="sm" mb="xs">
            {item.field && (
              <>
                {t('tracking-ui:fact.field')}: <Code>{item.field}</Code>{' '}
              </>
            )}
            {item.times > 1 &&
              t('tracking-ui:aside.since', {
                first: format.instant(item.receivedAt, company.timeZone, 'minute'),
                last: format.instant(item.lastAt, company.timeZone, 'minute'),
              })}
          </Text>
          {item.isCut && (
            <Text size="sm" mb="xs">
              {t('tracking-ui:aside.cut')}
            </Text>
          )}
          <Content raw={item.raw} />
          {may('imports:write') && (
            <Group gap="xs" mt="sm">
              {!item.isCut && (
                <Button size="xs" loading={isBusy} onClick={() => changes.replay.mutate(item.id)}>
                  {t('tracking-ui:aside.replay')}
                </Button>
              )}
              {item.raw !== null && (
                <Button size="xs" variant={item.isCut ? 'filled' : 'default'} onClick={() => correct(item)}>
                  {t('tracking-ui:aside.correct')}
                </Button>
              )}
              <Button
                size="xs"
                variant="subtle"
                color="clay"
                c="var(--p-bad)"
                loading={changes.forget.isPending && changes.forget.variables === item.id}
                onClick={() => changes.forget.mutate(item.id)}
                aria-label={t('tracking-ui:aside.forgetOne', { name })}
              >
                {t('tracking-ui:aside.forget')}
              </Button>
              <Button
                size="xs"
                variant="subtle"
                color="clay"
                c="var(--p-bad)"
                onClick={() => forgetSuch({ reason: item.reason, why: item.why })}
              >
                {t('tracking-ui:aside.forgetSuch')}
              </Button>
            </Group>
          )}
        </div>
      )}
    </li>
  )
}
