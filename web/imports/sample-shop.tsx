import { Alert, Button, Group, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ImportPage, type ImportView } from '../../src/events/imports/contract.ts'
import { post, remove } from '../app/ask.ts'
import { IconSparkles, IconUndo } from '../app/icons.ts'
import { AnchorLink } from '../app/links.tsx'
import { t } from '../app/words.ts'
import { oneImport } from './queries.ts'

const isThere = (one: ImportPage['items'][number]) =>
  one.kind === 'sample' && one.state !== 'undone' && one.state !== 'cancelled' && one.state !== 'failed'

/** Whether the invented customers are among the real ones. */
export const sampleIn = (items: ImportPage['items']) => items.find(isThere)

export function useSampleShop() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const onSuccess = async (view: ImportView) => {
    if (view?.id) queries.setQueryData(oneImport(view.id).queryKey, view)
    await queries.invalidateQueries({ queryKey: ['imports'] })
    if (view?.id) await navigate({ to: '/imports/$importId', params: { importId: view.id } })
  }
  return {
    load: useMutation({ mutationFn: () => post<ImportView>('/sample-shop'), onSuccess }),
    clear: useMutation({ mutationFn: () => remove<ImportView>('/sample-shop'), onSuccess }),
  }
}

/** The invented shop: brought in with one click, and out again with one. */
export function SampleShop({ items }: { items: ImportPage['items'] }) {
  const { load, clear } = useSampleShop()
  const sample = sampleIn(items)
  if (sample) {
    return (
      <Alert color="marigold" variant="light" icon={<IconSparkles size={18} />}>
        <Group justify="space-between" gap="sm">
          <Text size="sm">
            {t('import-ui:shop.in')}{' '}
            <AnchorLink to="/imports/$importId" params={{ importId: sample.id }} size="sm" underline="always">
              {t('import-ui:shop.see')}
            </AnchorLink>
          </Text>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconUndo size={15} />}
            loading={clear.isPending}
            disabled={sample.state !== 'done'}
            onClick={() => clear.mutate()}
          >
            {t('import-ui:undo.sample')}
          </Button>
        </Group>
      </Alert>
    )
  }
  return (
    <Group gap="sm" justify="center">
      <Text size="sm" c="dimmed">
        {t('import-ui:shop.text')}
      </Text>
      <Button
        variant="light"
        size="xs"
        leftSection={<IconSparkles size={15} />}
        loading={load.isPending}
        onClick={() => load.mutate()}
      >
        {t('import-ui:shop.load')}
      </Button>
    </Group>
  )
}
