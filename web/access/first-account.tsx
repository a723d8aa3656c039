import { Alert, Button, Divider, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { type Session, type Setup } from '../../src/access/contract.ts'
import { post } from '../app/ask.ts'
import { sentence } from '../app/tell.ts'
import { t } from '../app/words.ts'
import { CurrencySelect, TimeZoneSelect } from '../company/selects.tsx'
import { Door } from './door.tsx'
import { useEntering } from './enter.ts'
import { NewPassword, passwordTrouble } from './new-password.tsx'

const looksLikeEmail = (value: string) => /^\S+@\S+\.\S+$/.test(value.trim())

export function FirstAccount({ token }: { token: string }) {
  const form = useForm({
    initialValues: {
      name: '',
      email: '',
      password: '',
      company: '',
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      currency: 'EUR',
    },
    validate: {
      name: value => (value.trim() ? null : t('access-ui:need.name')),
      email: value => (looksLikeEmail(value) ? null : t('access-ui:need.email')),
      password: passwordTrouble,
      company: value => (value.trim() ? null : t('access-ui:need.company')),
    },
  })
  const enter = useEntering((given: typeof form.values) =>
    post<Session>('/setup', {
      token,
      name: given.name.trim(),
      email: given.email.trim(),
      password: given.password,
      company: { name: given.company.trim(), timeZone: given.timeZone, currency: given.currency },
    } satisfies Setup),
  )

  return (
    <Door title={t('access-ui:setup.title')} text={t('access-ui:setup.text')}>
      <form onSubmit={form.onSubmit(given => enter.mutate(given))} noValidate>
        <Stack gap="md">
          {enter.isError && (
            <Alert color="clay" role="alert">
              {sentence(enter.error)}
            </Alert>
          )}
          <TextInput label={t('access-ui:yourName')} autoComplete="name" size="md" autoFocus {...form.getInputProps('name')} />
          <TextInput
            label={t('access-ui:email')}
            type="email"
            autoComplete="username"
            size="md"
            {...form.getInputProps('email')}
          />
          <NewPassword {...form.getInputProps('password')} />
          <Divider my={4} label={t('access-ui:setup.company')} labelPosition="left" />
          <TextInput
            label={t('access-ui:companyName')}
            autoComplete="organization"
            size="md"
            {...form.getInputProps('company')}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
            <TimeZoneSelect label={t('company-ui:timeZone')} size="md" {...form.getInputProps('timeZone')} />
            <CurrencySelect label={t('company-ui:currency')} size="md" {...form.getInputProps('currency')} />
          </SimpleGrid>
          <Button type="submit" size="md" mt="sm" loading={enter.isPending}>
            {t('access-ui:setup.button')}
          </Button>
        </Stack>
      </form>
    </Door>
  )
}
