import { Text } from '@mantine/core'
import { type Worth } from '../../src/company/contract.ts'
import * as format from '../app/format.ts'
import { t } from '../app/words.ts'

/** Money of several currencies: the sum where rates allow it, what it is made of, and apart from it what no rate converts. */
export function WorthInWords({ worth, align = 'left' }: { worth: Worth; align?: 'left' | 'right' }) {
  const { total, parts, unconverted } = worth
  if (parts.length === 0) return <>–</>
  const isPlain = parts.length === 1 && unconverted.length === 0 && parts[0]?.currency === total?.currency
  if (total === null) return <>{parts.map(format.money).join(' + ')}</>
  return (
    <div style={{ textAlign: align }}>
      <div>
        {!isPlain && <span title={t('orders-ui:worth.about')}>≈ </span>}
        {format.money(total)}
      </div>
      {!isPlain && (
        <Text size="xs" c="dimmed">
          {t('orders-ui:worth.parts', { parts: converted(worth).map(format.money).join(' + ') })}
        </Text>
      )}
      {unconverted.length > 0 && (
        <Text size="xs" c="clay">
          {t('orders-ui:worth.apart', { parts: unconverted.map(format.money).join(' + ') })}
        </Text>
      )}
    </div>
  )
}

/** The parts that are in the sum. */
const converted = ({ parts, unconverted }: Worth) =>
  parts
    .map(part => ({ ...part, amount: part.amount - (unconverted.find(one => one.currency === part.currency)?.amount ?? 0) }))
    .filter(part => part.amount !== 0)
