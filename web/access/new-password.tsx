import { PasswordInput, type PasswordInputProps, Progress, Text } from '@mantine/core'
import { t } from '../app/words.ts'

/** What the server asks for; length is what makes a password hard to guess. */
export const PASSWORD_MIN = 12
export const passwordTrouble = (value: string) =>
  value.length >= PASSWORD_MIN ? null : t('access-ui:need.longPassword', { count: PASSWORD_MIN })

export function NewPassword(props: PasswordInputProps & { value?: string }) {
  const length = props.value?.length ?? 0
  return (
    <div>
      <PasswordInput
        label={t('access-ui:password.new')}
        description={t('access-ui:password.hint', { count: PASSWORD_MIN })}
        autoComplete="new-password"
        size="md"
        {...props}
      />
      <Progress
        value={Math.min(100, (length / PASSWORD_MIN) * 100)}
        size={4}
        mt={6}
        color={length >= PASSWORD_MIN ? 'fern' : 'marigold'}
        aria-hidden
      />
      {length >= PASSWORD_MIN && (
        <Text size="xs" c="var(--p-good)" mt={4}>
          {t('access-ui:password.longEnough')}
        </Text>
      )}
    </div>
  )
}
