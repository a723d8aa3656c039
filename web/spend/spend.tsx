import { Stack, Text } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { type SpendAnswer } from '../../src/spend/contract.ts'
import { useMay } from '../access/session.ts'
import { get } from '../app/ask.ts'
import * as format from '../app/format.ts'
import { ButtonLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { byCurrency } from './months.ts'
import { SpendChart } from './spend-chart.tsx'

const spendByMonth = queryOptions({
  queryKey: ['spend', 'month'],
  queryFn: ({ signal }) => get<SpendAnswer>('/spend', { by: 'month' }, signal),
})

/** What marketing cost, as far as it is known: each currency by itself. */
export function Spend() {
  const may = useMay()
  const spend = useQuery(spendByMonth)
  if (spend.isPending) return <PageWaiting />
  const { firstDay, lastDay } = spend.data ?? {}
  return (
    <Page
      title={t('spend-ui:title')}
      text={
        firstDay && lastDay
          ? t('spend-ui:text', { from: format.day(firstDay, 'long'), to: format.day(lastDay, 'long') })
          : undefined
      }
      actions={
        may('imports:write') &&
        firstDay && (
          <ButtonLink to="/imports" variant="default">
            {t('spend-ui:more')}
          </ButtonLink>
        )
      }
    >
      <Stack gap="lg">
        {spend.isError && <TroubleNote error={spend.error} retry={spend.refetch} />}
        {spend.data && !firstDay && <Nothing canBring={may('imports:write')} />}
        {spend.data && byCurrency(spend.data).map(months => <SpendChart key={months.currency} spend={months} />)}
      </Stack>
    </Page>
  )
}

function Nothing({ canBring }: { canBring: boolean }) {
  return (
    <Card title={t('spend-ui:none.title')}>
      <Text c="dimmed" maw={620}>
        {t('spend-ui:none.text')}
      </Text>
      {canBring && (
        <ButtonLink to="/imports" mt="md">
          {t('spend-ui:none.bring')}
        </ButtonLink>
      )}
    </Card>
  )
}
