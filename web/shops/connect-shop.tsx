import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useNavigate } from '@tanstack/react-router'
import { SHOP_KINDS, type ShopKind } from '../../src/events/shops/contract.ts'
import { sentence } from '../app/tell.ts'
import { t } from '../app/words.ts'
import { useConnect } from './queries.ts'

/** What it is and what it is called; the rest needs the address, which is there only then. */
export function ConnectShop({ opened, close }: { opened: boolean; close: () => void }) {
  const connect = useConnect()
  const navigate = useNavigate()
  const form = useForm<{ kind: ShopKind; name: string }>({
    initialValues: { kind: 'shopify', name: '' },
    validate: { name: value => (value.trim() ? null : t('shops-ui:needName')) },
  })
  return (
    <Modal opened={opened} onClose={close} title={t('shops-ui:connect')} centered>
      <form
        noValidate
        onSubmit={form.onSubmit(({ kind, name }) =>
          connect.mutate(
            { kind, name: name.trim() },
            { onSuccess: shop => void navigate({ to: '/settings/shops/$shopId', params: { shopId: shop.id } }) },
          ),
        )}
      >
        <Stack>
          {connect.isError && (
            <Alert color="clay" role="alert">
              {sentence(connect.error)}
            </Alert>
          )}
          <Radio.Group label={t('shops-ui:kind')} {...form.getInputProps('kind')}>
            <Stack gap={8} mt={8}>
              {SHOP_KINDS.map(kind => (
                <Radio.Card key={kind} value={kind} p="sm" radius="md" aria-label={t(`shops-ui:kind.${kind}`)}>
                  <Group wrap="nowrap" align="center">
                    <Radio.Indicator />
                    <div>
                      <Text size="sm" fw={600}>
                        {t(`shops-ui:kind.${kind}`)}
                      </Text>
                      <Text size="xs" c="dimmed">
                        {t(`shops-ui:kind.${kind}.text`)}
                      </Text>
                    </div>
                  </Group>
                </Radio.Card>
              ))}
            </Stack>
          </Radio.Group>
          <TextInput
            label={t('shops-ui:name')}
            description={t('shops-ui:nameHint')}
            data-autofocus
            {...form.getInputProps('name')}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={connect.isPending}>
              {t('shops-ui:next')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
