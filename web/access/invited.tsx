import { Alert, Button, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { type AcceptInvite, type Session, type SetupView } from '../../src/access/contract.ts'
import { post } from '../app/ask.ts'
import { sentence } from '../app/tell.ts'
import { t } from '../app/words.ts'
import { Door } from './door.tsx'
import { useEntering } from './enter.ts'
import { NewPassword, passwordTrouble } from './new-password.tsx'

export function Invited({ token, view }: { token: string; view: SetupView }) {
  const form = useForm({
    initialValues: { name: view.name ?? '', password: '' },
    validate: { name: value => (value.trim() ? null : t('access-ui:need.name')), password: passwordTrouble },
  })
  const enter = useEntering((given: typeof form.values) =>
    post<Session>('/invites/accept', { token, name: given.name.trim(), password: given.password } satisfies AcceptInvite),
  )
  return (
    <Door title={t('access-ui:invited.title')} text={t('access-ui:invited.text')}>
      <form onSubmit={form.onSubmit(given => enter.mutate(given))} noValidate>
        <Stack gap="md">
          {enter.isError && (
            <Alert color="clay" role="alert">
              {sentence(enter.error)}
            </Alert>
          )}
          <TextInput label={t('access-ui:email')} size="md" value={view.email ?? ''} readOnly autoComplete="username" />
          <TextInput label={t('access-ui:yourName')} autoComplete="name" size="md" {...form.getInputProps('name')} />
          <NewPassword {...form.getInputProps('password')} />
          <Button type="submit" size="md" mt="sm" loading={enter.isPending}>
            {t('access-ui:invited.button')}
          </Button>
        </Stack>
      </form>
    </Door>
  )
}
