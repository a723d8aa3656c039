import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type ShopView } from '../../src/events/shops/contract.ts'
import { useMay } from '../access/session.ts'
import * as format from '../app/format.ts'
import { AnchorLink } from '../app/links.tsx'
import { Page } from '../app/page.tsx'
import { PageWaiting } from '../app/page-states.tsx'
import { tell } from '../app/tell.ts'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { DeliveriesCard } from './deliveries-card.tsx'
import { MappingCard } from './mapping-card.tsx'
import { type ShopChanges, shop as shopQuery, useShopChanges } from './queries.ts'
import { QuietNote } from './quiet-note.tsx'
import { SetupCard } from './setup-card.tsx'
import { ShopBadge } from './state.tsx'

/** One connected shop: how it is, how it is set up, what it sent. */
export function Shop() {
  const { shopId } = useParams({ from: '/inside/settings/shops/$shopId' })
  const asked = useQuery(shopQuery(shopId))
  const changes = useShopChanges(shopId)
  const may = useMay()
  if (asked.isPending) return <PageWaiting />
  if (!asked.data)
    return (
      <Page title={t('shops-ui:title')}>
        <TroubleNote error={asked.error} retry={asked.refetch} />
      </Page>
    )
  const shop = asked.data
  const mayWrite = may('imports:write')
  return (
    <Page
      title={shop.name}
      text={
        <Group gap="xs" component="span">
          <AnchorLink to="/settings/shops" size="sm">
            {t('shops-ui:title')}
          </AnchorLink>
          <span>{t(`shops-ui:kind.${shop.kind}`)}</span>
          <ShopBadge shop={shop} />
        </Group>
      }
      actions={mayWrite && <Actions shop={shop} changes={changes} />}
    >
      <Stack gap="lg">
        {asked.isError && <TroubleNote error={asked.error} retry={asked.refetch} />}
        <Notes shop={shop} changes={changes} />
        {mayWrite && <SetupCard key={String(shop.lastAt === null)} shop={shop} changes={changes} />}
        {shop.kind === 'generic' && mayWrite && <MappingCard key={String(shop.mapping === null)} shop={shop} changes={changes} />}
        <DeliveriesCard shop={shop} changes={changes} />
      </Stack>
    </Page>
  )
}

function Notes({ shop, changes: { replay } }: { shop: ShopView; changes: ShopChanges }) {
  const may = useMay()
  const { held } = shop.counts
  const canRead = shop.isOn && held > 0 && (shop.kind !== 'generic' || shop.mapping !== null)
  return (
    <>
      <QuietNote shop={shop} />
      {shop.isSecretLost && (
        <Alert color="clay" variant="light" title={t('shops-ui:lost.title')}>
          {t('shops-ui:lost.text')}
        </Alert>
      )}
      {shop.endedAt !== null && (
        <Alert color="clay" variant="light" title={t('shops-ui:ended.title')}>
          {t('shops-ui:ended.text')}
        </Alert>
      )}
      {canRead && (
        <Alert color="marigold" variant="light" title={t('shops-ui:held.title', { count: held, n: format.number(held) })}>
          {t('shops-ui:held.text')}
          {may('imports:write') && (
            <div>
              <Button size="xs" mt="sm" loading={replay.isPending} onClick={() => replay.mutate({ result: 'held' })}>
                {t('shops-ui:held.read')}
              </Button>
            </div>
          )}
        </Alert>
      )}
      {!shop.isOn && (
        <Alert color="gray" variant="light" title={t('shops-ui:off.title')}>
          {t('shops-ui:off.text')}
        </Alert>
      )}
    </>
  )
}

function Actions({ shop, changes }: { shop: ShopView; changes: ShopChanges }) {
  const navigate = useNavigate()
  const [isRemoving, removing] = useDisclosure(false)
  const [name, rename] = useState<string | null>(null)
  return (
    <Group gap="xs">
      <Button size="sm" variant="default" onClick={() => rename(shop.name)}>
        {t('shops-ui:edit')}
      </Button>
      <Button
        size="sm"
        variant="default"
        loading={changes.change.isPending}
        onClick={() => changes.change.mutate({ isOn: !shop.isOn })}
      >
        {t(shop.isOn ? 'shops-ui:turnOff' : 'shops-ui:turnOn')}
      </Button>
      <Button size="sm" variant="subtle" color="clay" c="var(--p-bad)" onClick={removing.open}>
        {t('shops-ui:remove')}
      </Button>
      <Modal opened={name !== null} onClose={() => rename(null)} title={t('shops-ui:edit')} centered>
        <form
          noValidate
          onSubmit={submitted => {
            submitted.preventDefault()
            if (name?.trim())
              changes.change.mutate({ name: name.trim() }, { onSuccess: () => [rename(null), tell.done(t('shops-ui:changed'))] })
          }}
        >
          <TextInput
            label={t('shops-ui:name')}
            value={name ?? ''}
            onChange={({ currentTarget }) => rename(currentTarget.value)}
            error={name?.trim() === '' ? t('shops-ui:needName') : null}
            data-autofocus
          />
          <Group justify="flex-end" mt="lg">
            <Button variant="default" onClick={() => rename(null)}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={changes.change.isPending}>
              {t('shops-ui:edit')}
            </Button>
          </Group>
        </form>
      </Modal>
      <Modal opened={isRemoving} onClose={removing.close} title={t('shops-ui:remove.title', { name: shop.name })} centered>
        <Text size="sm">{t('shops-ui:remove.text')}</Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={removing.close}>
            {t('cancel')}
          </Button>
          <Button
            color="clay"
            loading={changes.remove.isPending}
            onClick={() => changes.remove.mutate(undefined, { onSuccess: () => void navigate({ to: '/settings/shops' }) })}
          >
            {t('shops-ui:remove')}
          </Button>
        </Group>
      </Modal>
    </Group>
  )
}
