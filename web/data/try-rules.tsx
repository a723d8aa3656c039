import { Alert, Button, Code, SimpleGrid, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { type RuleTested } from '../../src/events/rules/contract.ts'
import { Card } from '../app/page.tsx'
import { sentence } from '../app/tell.ts'
import { t } from '../app/words.ts'
import { checked } from '../tracking/content.ts'
import { CopyCode } from '../tracking/content.tsx'
import { useRuleChanges } from './queries.ts'

const EXAMPLE = `{
  "type": "track",
  "userId": "17",
  "event": "Product Viewed",
  "properties": { "sku": "A-1" },
  "context": { "ip": "203.0.113.77" }
}`

/** What the rules make of an event that somebody pastes. */
export function TryRules() {
  const { test } = useRuleChanges()
  const [text, write] = useState(EXAMPLE)
  const found = checked(text)
  const wrong =
    'event' in found
      ? null
      : found.detail === null
        ? t('tracking-ui:correct.noObject')
        : t('tracking-ui:correct.notJson', { detail: found.detail })
  return (
    <Card title={t('data-ui:try.title')} text={t('data-ui:try.text')}>
      <form
        onSubmit={submitted => {
          submitted.preventDefault()
          if ('event' in found) test.mutate(found.event)
        }}
      >
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
          <Stack gap="sm" align="flex-start">
            <Textarea
              label={t('data-ui:try.before')}
              w="100%"
              autosize
              minRows={7}
              maxRows={18}
              value={text}
              error={wrong}
              onChange={({ currentTarget }) => {
                write(currentTarget.value)
                test.reset()
              }}
              spellCheck={false}
              styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 'var(--mantine-font-size-xs)' } }}
            />
            <Button type="submit" variant="default" loading={test.isPending} disabled={wrong !== null}>
              {t('data-ui:try.do')}
            </Button>
          </Stack>
          <div aria-live="polite">
            {test.isError && <Alert color="clay">{sentence(test.error)}</Alert>}
            {test.data && <Result result={test.data} />}
          </div>
        </SimpleGrid>
      </form>
    </Card>
  )
}

function Result({ result: { outcome, why, after, changes } }: { result: RuleTested }) {
  return (
    <Stack gap="sm">
      <Text size="sm" fw={600}>
        {t(`data-ui:try.${outcome}`, { why })}
      </Text>
      {outcome !== 'blocked' && changes.length === 0 && <Text size="sm">{t('data-ui:try.unchanged')}</Text>}
      {changes.map(({ path, action }) => (
        <Text key={path} size="sm">
          <Code>{path}</Code> {t(`data-ui:action.${action}`)}
        </Text>
      ))}
      {after && <CopyCode code={JSON.stringify(after, null, 2)} name={t('data-ui:try.after')} />}
    </Stack>
  )
}
