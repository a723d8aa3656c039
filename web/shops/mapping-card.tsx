import { Button, Grid, Group, Stack, Text, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { type ShopView } from '../../src/events/shops/contract.ts'
import { Card } from '../app/page.tsx'
import { sentence, tell } from '../app/tell.ts'
import { t } from '../app/words.ts'
import { formatted } from '../tracking/content.ts'
import { type Draft, draftOf, EMPTY, mappingOf } from './draft.ts'
import { placesIn } from './leaves.ts'
import { MappingForm } from './mapping-form.tsx'
import { PreviewList } from './preview-list.tsx'
import { deliveries, delivery, preview, type Sample, type ShopChanges } from './queries.ts'

const TYPING_MS = 300

/** How the content of a generic webhook is read, beside what that makes of a sample. */
export function MappingCard({ shop, changes }: { shop: ShopView; changes: ShopChanges }) {
  const [draft, set] = useState<Draft>(shop.mapping === null ? EMPTY : draftOf(shop.mapping))
  const sample = useSample(shop)
  const places = useMemo(
    () => (sample.parsed === undefined ? [] : placesIn(sample.parsed, draft.each)),
    [sample.parsed, draft.each],
  )
  const mapping = mappingOf(draft)
  const [asked] = useDebouncedValue(mapping, TYPING_MS)
  const becomes = useQuery(preview(asked, sample.asked))
  const save = () => {
    if (mapping !== null) changes.change.mutate({ mapping }, { onSuccess: () => tell.done(t('shops-ui:mapping.saved')) })
  }
  return (
    <Card title={t('shops-ui:mapping.title')} text={t('shops-ui:mapping.text')}>
      <Grid gap="xl">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <MappingForm draft={draft} set={set} places={places} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="lg">
            <SampleField sample={sample} />
            <PreviewList
              preview={mapping === null ? undefined : becomes.data}
              trouble={becomes.isError ? sentence(becomes.error) : null}
            />
          </Stack>
        </Grid.Col>
      </Grid>
      <Group mt="lg" gap="md">
        <Button onClick={save} disabled={mapping === null} loading={changes.change.isPending}>
          {t('shops-ui:mapping.save')}
        </Button>
        {mapping === null && (
          <Text size="sm" c="dimmed">
            {t('shops-ui:mapping.needs')}
          </Text>
        )}
      </Group>
    </Card>
  )
}

type SampleState = {
  text: string
  write: (text: string) => void
  parsed: unknown
  asked: Sample | null
  /** The latest delivery is the sample, and is shown with words hidden. */
  isMasked: boolean
  isWrong: boolean
  useLatest: (() => void) | null
}

/** What was pasted, else the latest delivery: its shape is there for everybody, its words as far as one may see them. */
function useSample(shop: ShopView): SampleState {
  const [pasted, paste] = useState<string | null>(null)
  const latest = useInfiniteQuery(deliveries(shop.id, null)).data?.pages[0]?.items.find(({ hasBody }) => hasBody)
  const opened = useQuery({ ...delivery(shop.id, latest?.id ?? ''), enabled: latest !== undefined && pasted === null })
  const body = opened.data?.body ?? null
  const text = pasted ?? (body === null ? '' : formatted(body))
  const parsed = useMemo(() => parsedOrUndefined(text), [text])
  const isLatest = pasted === null && latest !== undefined
  const own: Sample | null = parsed === undefined ? null : { sample: text }
  return {
    text,
    write: paste,
    parsed,
    asked: isLatest ? { shopId: shop.id, deliveryId: latest.id } : own,
    isMasked: isLatest && (opened.data?.isMasked ?? false),
    isWrong: text.trim() !== '' && parsed === undefined,
    useLatest: pasted !== null && latest !== undefined ? () => paste(null) : null,
  }
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function SampleField({ sample }: { sample: SampleState }) {
  return (
    <div>
      <Textarea
        label={t('shops-ui:mapping.sample')}
        description={t(sample.isMasked ? 'shops-ui:mapping.hidden' : 'shops-ui:mapping.sampleHint')}
        value={sample.text}
        onChange={({ currentTarget }) => sample.write(currentTarget.value)}
        error={sample.isWrong ? t('shops-ui:mapping.notJson') : null}
        autosize
        minRows={6}
        maxRows={16}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 'var(--mantine-font-size-xs)' } }}
      />
      {sample.useLatest && (
        <Button size="xs" variant="subtle" mt={6} onClick={sample.useLatest}>
          {t('shops-ui:mapping.latest')}
        </Button>
      )}
    </div>
  )
}
