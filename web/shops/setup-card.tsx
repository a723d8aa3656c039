import { Alert, Badge, Button, Checkbox, Group, PasswordInput, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { type Proof, type ShopView } from '../../src/events/shops/contract.ts'
import * as format from '../app/format.ts'
import { Card } from '../app/page.tsx'
import { tell } from '../app/tell.ts'
import { t } from '../app/words.ts'
import { CopyCode } from '../tracking/content.tsx'
import { type ShopChanges } from './queries.ts'
import { TOPICS } from './topics.ts'

/** The address to paste, what to choose in the shop, and the secret; open until something has arrived. */
export function SetupCard({ shop, changes }: { shop: ShopView; changes: ShopChanges }) {
  const isReady = shop.lastAt !== null && (shop.hasSecret || shop.proof?.by === 'none') && !shop.isSecretLost
  const [isOpen, open] = useState(!isReady)
  const toggle = (
    <Button size="xs" variant="subtle" onClick={() => open(!isOpen)} aria-expanded={isOpen}>
      {t(isOpen ? 'shops-ui:setup.hide' : 'shops-ui:setup.show')}
    </Button>
  )
  return (
    <Card
      title={t('shops-ui:setup.title')}
      text={isOpen ? undefined : t('shops-ui:setup.short')}
      actions={isReady && toggle}
      pb={isOpen ? undefined : 'xs'}
    >
      {isOpen && (
        <Stack gap="lg" maw={820}>
          <div>
            <Text size="sm" fw={600} mb={6}>
              {t('shops-ui:setup.address')}
            </Text>
            <CopyCode code={shop.address} name={t('shops-ui:setup.address')} />
            {isLocal(shop.address) && (
              <Text size="xs" c="dimmed" mt={6}>
                {t('shops-ui:local')}
              </Text>
            )}
          </div>
          <div>
            <Text size="sm">{t(`shops-ui:${shop.kind}.1`)}</Text>
            {shop.kind !== 'generic' && (
              <Group gap={6} mt={8} role="list" aria-label={t('shops-ui:setup.topics')}>
                {TOPICS[shop.kind].map(topic => (
                  <Badge key={topic} role="listitem" variant="default" radius="sm" tt="none" fw={500} ff="text">
                    {topic}
                  </Badge>
                ))}
              </Group>
            )}
            {shop.pingedAt !== null && (
              <Text size="sm" mt={8}>
                {t('shops-ui:setup.pinged', { when: format.ago(shop.pingedAt, Date.now()) })}
              </Text>
            )}
          </div>
          <div>
            <Text size="sm" mb="sm">
              {t(`shops-ui:${shop.kind}.2`)}
            </Text>
            {shop.kind === 'generic' ? <ProofForm shop={shop} changes={changes} /> : <SecretForm shop={shop} changes={changes} />}
          </div>
          {(shop.kind === 'shopify' || shop.kind === 'stripe') && (
            <Checkbox
              label={t('shops-ui:tests')}
              description={t('shops-ui:tests.text')}
              checked={shop.takesTests}
              onChange={({ currentTarget }) => changes.change.mutate({ takesTests: currentTarget.checked })}
            />
          )}
        </Stack>
      )}
    </Card>
  )
}

const isLocal = (address: string) => /^(localhost|127\.|\[::1\])/.test(new URL(address).host)

function SecretForm({ shop, changes }: { shop: ShopView; changes: ShopChanges }) {
  const [secret, enter] = useState('')
  const keep = (submitted: FormEvent) => {
    submitted.preventDefault()
    if (secret.trim())
      changes.change.mutate({ secret: secret.trim() }, { onSuccess: () => [enter(''), tell.done(t('shops-ui:setup.saved'))] })
  }
  return (
    <form noValidate onSubmit={keep}>
      <SecretField shop={shop} secret={secret} enter={enter} />
      <Button type="submit" mt="sm" disabled={secret.trim() === ''} loading={changes.change.isPending}>
        {t('shops-ui:setup.save')}
      </Button>
    </form>
  )
}

function SecretField({ shop, secret, enter }: { shop: ShopView; secret: string; enter: (secret: string) => void }) {
  const isOurs = shop.kind === 'woocommerce' || shop.kind === 'generic'
  return (
    <Group align="flex-end" gap="xs" maw={560}>
      <PasswordInput
        style={{ flex: '1 1 260px' }}
        label={t('shops-ui:setup.secret')}
        description={shop.hasSecret && !shop.isSecretLost ? t('shops-ui:setup.secretKept') : undefined}
        value={secret}
        onChange={({ currentTarget }) => enter(currentTarget.value)}
        autoComplete="off"
      />
      {isOurs && (
        <Button variant="default" onClick={() => enter(newSecret())}>
          {t('shops-ui:setup.make')}
        </Button>
      )}
      {isOurs && secret !== '' && (
        <div style={{ flexBasis: '100%' }}>
          <CopyCode code={secret} name={t('shops-ui:setup.secret')} />
        </div>
      )}
    </Group>
  )
}

const newSecret = () => [...crypto.getRandomValues(new Uint8Array(24))].map(byte => byte.toString(16).padStart(2, '0')).join('')

type ProofDraft = { by: Proof['by']; header: string; encoding: 'hex' | 'base64'; prefix: string }

function ProofForm({ shop, changes }: { shop: ShopView; changes: ShopChanges }) {
  const [secret, enter] = useState('')
  const [draft, set] = useState<ProofDraft>({ by: 'none', header: 'X-Signature', encoding: 'hex', prefix: '', ...shop.proof })
  const { by, header, encoding, prefix } = draft
  const proof: Proof =
    by === 'none' ? { by } : by === 'token' ? { by, header: header.trim() } : { by, header: header.trim(), encoding, prefix }
  const needsSecret = by !== 'none' && (!shop.hasSecret || shop.isSecretLost) && secret.trim() === ''
  const keep = (submitted: FormEvent) => {
    submitted.preventDefault()
    const change = { proof, ...(by !== 'none' && secret.trim() !== '' && { secret: secret.trim() }) }
    changes.change.mutate(change, { onSuccess: () => [enter(''), tell.done(t('shops-ui:changed'))] })
  }
  return (
    <form noValidate onSubmit={keep}>
      <Stack gap="sm">
        <Select
          label={t('shops-ui:proof')}
          maw={420}
          allowDeselect={false}
          data={(['hmac', 'token', 'none'] as const).map(value => ({ value, label: t(`shops-ui:proof.${value}`) }))}
          value={by}
          onChange={value => set({ ...draft, by: value as Proof['by'] })}
        />
        {by === 'none' && (
          <Alert color="marigold" variant="light">
            {t('shops-ui:proof.noneText')}
          </Alert>
        )}
        {by !== 'none' && (
          <SimpleGrid cols={{ base: 1, sm: by === 'hmac' ? 3 : 1 }} maw={by === 'hmac' ? 720 : 420}>
            <TextInput
              label={t('shops-ui:proof.header')}
              value={header}
              onChange={({ currentTarget }) => set({ ...draft, header: currentTarget.value })}
            />
            {by === 'hmac' && (
              <>
                <Select
                  label={t('shops-ui:proof.encoding')}
                  allowDeselect={false}
                  data={['hex', 'base64']}
                  value={encoding}
                  onChange={value => set({ ...draft, encoding: value as 'hex' | 'base64' })}
                />
                <TextInput
                  label={t('shops-ui:proof.prefix')}
                  placeholder="sha256="
                  value={prefix}
                  onChange={({ currentTarget }) => set({ ...draft, prefix: currentTarget.value })}
                />
              </>
            )}
          </SimpleGrid>
        )}
        {by !== 'none' && <SecretField shop={shop} secret={secret} enter={enter} />}
        <div>
          <Button
            type="submit"
            disabled={needsSecret || (by !== 'none' && header.trim() === '')}
            loading={changes.change.isPending}
          >
            {t(by === 'none' ? 'save' : 'shops-ui:setup.save')}
          </Button>
        </div>
      </Stack>
    </form>
  )
}
