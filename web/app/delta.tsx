import { Text, type TextProps, Tooltip } from '@mantine/core'
import * as format from './format.ts'
import { IconArrowDown, IconArrowUp } from './icons.ts'
import { t } from './words.ts'

/** A change against the comparison: how much, which way, and whether that is welcome. The sign says it; the colour only repeats it. */
export function Delta({
  now,
  before,
  good = 'up',
  ...rest
}: TextProps & { now: number; before: number | undefined; good?: 'up' | 'down' | 'neither' }) {
  if (before === undefined) return null
  const difference = now - before
  const share = before ? difference / before : null
  const welcome =
    good === 'neither' || difference === 0 ? 'dimmed' : difference > 0 === (good === 'up') ? 'var(--p-good)' : 'var(--p-bad)'
  const Arrow = difference > 0 ? IconArrowUp : IconArrowDown
  return (
    <Tooltip label={t('delta.from', { before: format.number(before), now: format.number(now) })}>
      <Text
        span
        size="xs"
        fw={600}
        c={welcome}
        className="numbers"
        style={{ whiteSpace: 'nowrap', display: 'inline-flex', alignItems: 'center', gap: 2 }}
        {...rest}
      >
        {difference !== 0 && <Arrow size={12} stroke={2.4} aria-hidden />}
        {difference === 0
          ? t('delta.same')
          : share === null || Math.abs(share) > 9.99
            ? format.change(difference)
            : format.changeInPercent(share)}
      </Text>
    </Tooltip>
  )
}
