import { Text } from '@mantine/core'
import { type RuleView } from '../../src/events/rules/contract.ts'
import { t } from '../app/words.ts'
import { Path } from './path.tsx'

/** A rule as a sentence: where, and what becomes of it. */
export const RuleWords = ({ rule: { event, path, action } }: { rule: Pick<RuleView, 'event' | 'path' | 'action'> }) => (
  <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
    {path === null ? t('data-ui:rules.wholeEvent') : <Path path={path} />}{' '}
    <Text span c="dimmed" inherit>
      {event ?? t('data-ui:rules.everyEvent')}
    </Text>{' '}
    {t(`data-ui:action.${action}`)}
  </Text>
)
