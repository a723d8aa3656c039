import { Badge } from '@mantine/core'
import { type ShopView } from '../../src/events/shops/contract.ts'
import { t } from '../app/words.ts'

type State = 'secret' | 'lost' | 'off' | 'ended' | 'quiet' | 'waiting' | 'mapping' | 'on'

/** The one thing that somebody should know of a connection first. */
export function stateOf(shop: ShopView): State {
  if (!shop.isOn) return 'off'
  if (shop.isSecretLost) return 'lost'
  if (!shop.hasSecret && shop.proof?.by !== 'none') return 'secret'
  if (shop.kind === 'generic' && shop.mapping === null && shop.lastAt !== null) return 'mapping'
  if (shop.endedAt !== null) return 'ended'
  if (shop.lastAt === null) return 'waiting'
  return shop.quiet === null ? 'on' : 'quiet'
}

const COLORS: Record<State, string> = {
  secret: 'marigold',
  lost: 'clay',
  off: 'gray',
  ended: 'clay',
  quiet: 'marigold',
  waiting: 'gray',
  mapping: 'marigold',
  on: 'fern',
}

export function ShopBadge({ shop }: { shop: ShopView }) {
  const state = stateOf(shop)
  return (
    <Badge ff="text" variant="light" color={COLORS[state]} c="var(--mantine-color-text)">
      {t(`shops-ui:state.${state}`)}
    </Badge>
  )
}
