import { Button, SimpleGrid, Text } from '@mantine/core'
import { type ImportView } from '../../src/events/imports/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import { address } from '../app/ask.ts'
import { Defined } from '../app/defined.tsx'
import * as format from '../app/format.ts'
import { IconDownload } from '../app/icons.ts'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import styles from './counts.module.css'
import { kindOf } from './fields.ts'

/** What the whole file comes to. */
export function Counts({ one }: { one: ImportView }) {
  const { company } = useSession()
  const may = useMay()
  const counts = one.counts
  if (!counts) return null
  const kind = kindOf(one)
  const isDone = one.state === 'done' || one.state === 'undone'
  return (
    <Card
      title={
        isDone
          ? t('import-ui:counts.done')
          : ['importing', 'cancelled', 'failed'].includes(one.state)
            ? t('import-ui:counts.coming')
            : t('import-ui:counts.title')
      }
      text={
        counts.firstAt && counts.lastAt
          ? t('import-ui:counts.range', {
              from: format.instant(counts.firstAt, company.timeZone),
              to: format.instant(counts.lastAt, company.timeZone),
            })
          : counts.entries + counts.known === 0
            ? t('import-ui:counts.noDates')
            : undefined
      }
      actions={
        counts.rejected > 0 &&
        one.rejectsUntil !== null &&
        may('imports:write') && (
          <Button
            component="a"
            href={address(`/imports/${encodeURIComponent(one.id)}/rejects.csv`)}
            download
            variant="default"
            size="xs"
            leftSection={<IconDownload size={15} />}
          >
            {t('import-ui:counts.rejects', { count: counts.rejected, rejected: format.number(counts.rejected) })}
          </Button>
        )
      }
    >
      <SimpleGrid component="dl" m={0} cols={{ base: 2, sm: 5 }} spacing="lg" verticalSpacing="md">
        <Figure name={t('import-ui:counts.rows')} value={format.number(counts.rows)} />
        <Figure
          name={t(`import-ui:counts.new.${kind}`)}
          means={t(`import-ui:define.new.${kind}`)}
          value={format.number(counts.entries)}
        />
        {kind === 'spend' ? (
          <Figure
            name={t('import-ui:counts.replaced')}
            means={t('import-ui:define.replaced')}
            value={format.number(counts.replaced)}
          />
        ) : kind === 'customers' ? (
          <Figure
            name={t('import-ui:counts.consents')}
            means={t('import-ui:define.consents')}
            value={format.number(counts.consents)}
          />
        ) : (
          <Figure
            name={t('import-ui:counts.customers')}
            means={t('import-ui:define.customers')}
            value={format.number(counts.customers)}
          />
        )}
        <Figure
          name={t(`import-ui:counts.known.${kind}`)}
          means={t(`import-ui:define.known.${kind}`)}
          value={format.number(counts.known)}
        />
        <Figure
          name={t('import-ui:counts.rejected')}
          means={t('import-ui:define.rejected')}
          value={format.number(counts.rejected)}
          isBad={counts.rejected > 0}
        />
      </SimpleGrid>
      {counts.totals.length > 0 && (
        <Text size="sm" mt="md" className="numbers">
          <Text span c="dimmed" size="sm">
            {t('import-ui:counts.totals')}{' '}
          </Text>
          {counts.totals.map(format.money).join('  ·  ')}
        </Text>
      )}
      {counts.rejected > 0 && (
        <Text size="xs" c="dimmed" mt="md">
          {one.rejectsUntil === null
            ? t('import-ui:counts.rejectsGone')
            : t('import-ui:counts.rejectsKept', { day: format.instant(one.rejectsUntil, company.timeZone) })}
        </Text>
      )}
    </Card>
  )
}

function Figure({ name, value, means, isBad = false }: { name: string; value: string; means?: string; isBad?: boolean }) {
  return (
    <div className={styles.figure}>
      <Text component="dt" size="xs" c="dimmed">
        {means ? <Defined term={name} means={means} /> : name}
      </Text>
      <dd className={styles.value} data-bad={isBad || undefined}>
        {value}
      </dd>
    </div>
  )
}
