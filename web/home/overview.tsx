import { Alert, Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ImportPage } from '../../src/events/imports/contract.ts'
import { type ModelView } from '../../src/lifecycle/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import { daysBetween } from '../app/days.ts'
import * as format from '../app/format.ts'
import { IconArrowRight, IconClock, IconSparkles } from '../app/icons.ts'
import { AnchorLink, ButtonLink } from '../app/links.tsx'
import { Card, Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { STALE_AFTER_DAYS } from '../app/period.ts'
import { TroubleNote } from '../app/trouble.tsx'
import { usePeriod } from '../app/use-period.ts'
import { t } from '../app/words.ts'
import { sampleIn } from '../imports/sample-shop.tsx'
import { mapData } from '../lifecycle/map-data.ts'
import { movesBetween, populationAt } from '../lifecycle/queries.ts'
import { type Finding, findings } from './findings.ts'
import { LatestImports } from './latest-imports.tsx'
import styles from './overview.module.css'
import { ShortMap } from './short-map.tsx'

export function Overview({ model, items }: { model: ModelView; items: ImportPage['items'] }) {
  const { chosen, span } = usePeriod()
  const { company } = useSession()
  const may = useMay()
  const day = chosen?.last ?? ''
  const isReady = chosen !== undefined
  const population = useQuery({ ...populationAt(model.id, day === span?.today ? undefined : day), enabled: isReady })
  const moves = useQuery({ ...movesBetween(model.id, chosen?.before ?? '', day), enabled: isReady })
  const against = chosen?.against ?? null
  const compared = useQuery({ ...movesBetween(model.id, against?.before ?? '', against?.last ?? ''), enabled: against !== null })
  if (!chosen || !span) return <PageWaiting />
  const data = population.data && mapData(model, population.data, moves.data, against ? compared.data : undefined)
  const period = t('lifecycle-ui:period', { from: format.day(chosen.first), to: format.day(chosen.last) })
  const trouble = population.error ?? moves.error

  return (
    <Page title={company.name} text={t('home:text', { period })}>
      <Stack gap="lg">
        {sampleIn(items) && (
          <Alert color="marigold" variant="light" icon={<IconSparkles size={18} />}>
            {t('home:sample')}{' '}
            <AnchorLink to="/imports" size="sm" underline="always">
              {t('home:sampleLink')}
            </AnchorLink>
          </Alert>
        )}
        {trouble && <TroubleNote error={trouble} retry={() => void [population.refetch(), moves.refetch()]} />}
        <Card
          title={t('home:map.title', { day: format.day(day, 'long') })}
          actions={
            <ButtonLink to="/lifecycle" variant="light" size="xs" rightSection={<IconArrowRight size={15} />}>
              {t('home:map.open')}
            </ButtonLink>
          }
        >
          {data ? <ShortMap data={data} model={model} at={day} isCompared={against !== null} /> : <Skeleton height={150} />}
        </Card>
        <SimpleGrid cols={{ base: 1, md: may('imports:read') ? 2 : 1 }} spacing="lg">
          <Card
            title={t('home:changes.title')}
            text={
              against
                ? t('home:changes.against', { period, from: format.day(against.first), to: format.day(against.last) })
                : period
            }
          >
            {data && moves.data ? (
              <ul className={styles.findings}>
                {findings(data).map(finding => (
                  <li key={finding.kind}>
                    <span className={styles.count}>
                      {finding.kind === 'quiet'
                        ? '–'
                        : format.number(
                            finding.kind === 'grew' || finding.kind === 'shrank'
                              ? Math.abs(finding.count - (finding.before ?? 0))
                              : finding.count,
                          )}
                    </span>
                    <Text size="sm">{said(finding)}</Text>
                  </li>
                ))}
              </ul>
            ) : (
              <Skeleton height={120} />
            )}
          </Card>
          {may('imports:read') && (
            <Stack gap="lg">
              <Card>
                <Group gap="sm" wrap="nowrap">
                  <IconClock size={22} stroke={1.6} style={{ flex: 'none' }} />
                  <div>
                    <Title order={2} size="h3">
                      {t('home:fresh.title', { day: format.day(span.last, 'long') })}
                    </Title>
                    <Text size="sm" c="dimmed">
                      {daysBetween(span.last, span.today) > STALE_AFTER_DAYS
                        ? t('home:fresh.stale', {
                            count: daysBetween(span.last, span.today),
                            days: format.number(daysBetween(span.last, span.today)),
                          })
                        : t('home:fresh.good')}
                    </Text>
                  </div>
                </Group>
              </Card>
              <LatestImports items={items} />
            </Stack>
          )}
        </SimpleGrid>
      </Stack>
    </Page>
  )
}

function said({ kind, count, before, stage }: Finding): string {
  switch (kind) {
    case 'newcomers':
      return t('home:finding.newcomers', { count })
    case 'fading':
      return t('home:finding.fading', { count })
    case 'back':
      return t('home:finding.back', { count })
    case 'grew':
      return t('home:finding.grew', { stage: stage?.name ?? '', before: format.number(before ?? 0), now: format.number(count) })
    case 'shrank':
      return t('home:finding.shrank', { stage: stage?.name ?? '', before: format.number(before ?? 0), now: format.number(count) })
    case 'quiet':
      return t('home:finding.quiet')
  }
}
