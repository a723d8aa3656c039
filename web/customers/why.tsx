import { Collapse, Divider, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { type Explanation, type Reason } from '../../src/lifecycle/contract.ts'
import * as format from '../app/format.ts'
import { IconCheck, IconChevronDown, IconX } from '../app/icons.ts'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { models } from '../lifecycle/queries.ts'
import { StageGlyph } from '../lifecycle/stage-look.tsx'
import styles from './why.module.css'

/** The rule that held, with this customer's own numbers; below it the rules that were tried first and did not. */
export function Why({ why }: { why: Explanation }) {
  const { data } = useQuery(models)
  const name = data?.items.find(one => one.id === why.model)?.name ?? why.model
  const held = why.tried.find(one => one.holds)
  const others = why.tried.filter(one => !one.holds)
  return (
    <Card
      title={held ? t('customers-ui:why', { stage: held.name }) : t('customers-ui:why.none')}
      text={t('customers-ui:why.text', { model: name, version: why.version })}
    >
      {held && (
        <ul className={styles.tree}>
          <Branch reason={held.reason} />
        </ul>
      )}
      {others.length > 0 && (
        <>
          <Divider my="sm" label={t('customers-ui:why.others')} labelPosition="left" />
          {others.map(one => (
            <Tried key={one.id} one={one} />
          ))}
        </>
      )}
      {why.facts.length > 0 && (
        <>
          <Divider my="sm" label={t('customers-ui:why.facts')} labelPosition="left" />
          <dl className={styles.facts}>
            {why.facts.map(fact => (
              <div key={fact.id}>
                <dt>{fact.name}</dt>
                <dd className="numbers">{fact.value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </Card>
  )
}

function Tried({ one }: { one: Explanation['tried'][number] }) {
  const [isOpen, { toggle }] = useDisclosure(false)
  return (
    <div className={styles.tried}>
      <UnstyledButton onClick={toggle} aria-expanded={isOpen} className={styles.toggle}>
        <StageGlyph stage={one.super} size={18} />
        <span style={{ flex: 1 }}>{one.name}</span>
        <Text span size="xs" c="dimmed">
          {t('customers-ui:why.no')}
        </Text>
        <IconChevronDown size={15} style={{ transform: isOpen ? 'rotate(180deg)' : undefined }} />
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <ul className={styles.tree}>
          <Branch reason={one.reason} />
        </ul>
      </Collapse>
    </div>
  )
}

function Branch({ reason }: { reason: Reason }) {
  return (
    <li data-holds={reason.holds}>
      <span className={styles.line}>
        <span className={styles.mark}>
          {reason.holds ? (
            <IconCheck size={13} stroke={2.6} aria-label={t('customers-ui:why.yes')} role="img" />
          ) : (
            <IconX size={13} stroke={2.6} aria-label={t('customers-ui:why.no')} role="img" />
          )}
        </span>
        <span>
          {format.sentence(reason.sentence)}
          {reason.actual !== null && <span className={styles.actual}>{reason.actual}</span>}
        </span>
      </span>
      {reason.parts.length > 0 && (
        <ul className={styles.tree}>
          {reason.parts.map((part, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a condition is its place in the rule
            <Branch key={i} reason={part} />
          ))}
        </ul>
      )}
    </li>
  )
}
