import { Divider, Popover, Stack, Text, UnstyledButton } from '@mantine/core'
import { type ReactNode } from 'react'
import styles from './defined.module.css'
import { t } from './words.ts'

/** The name of a number, which opens what the number means: every number on the screen can be opened. */
export function Defined({
  term,
  about,
  means,
  formula,
  period,
  fresh,
  people,
}: {
  term: string
  /** Whose number it is, where the term alone stands on the page several times. */
  about?: string
  means: string
  formula?: string
  period?: string
  fresh?: string | undefined
  people?: ReactNode
}) {
  return (
    <Popover width={320} position="bottom-start" trapFocus={false}>
      <Popover.Target>
        <UnstyledButton className={styles.term} aria-label={`${term}${about ? ` (${about})` : ''}: ${t('define.open')}`}>
          {term}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={8}>
          <Text size="sm">{means}</Text>
          {(formula || period || fresh) && <Divider />}
          {formula && <Fact name={t('define.formula')} value={formula} />}
          {period && <Fact name={t('define.period')} value={period} />}
          {fresh && <Fact name={t('define.fresh')} value={fresh} />}
          {people}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm">{value}</Text>
    </div>
  )
}
