import { Badge } from '@mantine/core'
import { type ImportView } from '../../src/events/imports/contract.ts'
import { t } from '../app/words.ts'

const COLORS: Record<ImportView['state'], string> = {
  draft: 'gray',
  checking: 'fern',
  checked: 'fern',
  importing: 'fern',
  done: 'fern',
  failed: 'clay',
  cancelled: 'marigold',
  undoing: 'marigold',
  undone: 'gray',
}

export const StateBadge = ({ state }: Pick<ImportView, 'state'>) => (
  <Badge ff="text" variant="light" color={COLORS[state]} c="var(--mantine-color-text)">
    {t(`import-ui:state.${state}`)}
  </Badge>
)
