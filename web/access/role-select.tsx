import { Select, type SelectProps, Text } from '@mantine/core'
import { type Role } from '../../src/access/contract.ts'
import { t } from '../app/words.ts'

/** In the order of a company's chart; a record, so that a role cannot be forgotten. */
const PLACE: Record<Role, number> = {
  owner: 0,
  admin: 1,
  marketing: 2,
  analyst: 3,
  sales: 4,
  service: 5,
  finance: 6,
  purchasing: 7,
  developer: 8,
  privacy_officer: 9,
  viewer: 10,
}
export const ROLES = (Object.keys(PLACE) as Role[]).toSorted((a, b) => PLACE[a] - PLACE[b])

export function RoleSelect(props: Omit<SelectProps, 'data'>) {
  return (
    <Select
      data={ROLES.map(role => ({ value: role, label: t(`role.${role}`) }))}
      maxDropdownHeight={340}
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{option.label}</Text>
          <Text size="xs" c="dimmed">
            {t(`access-ui:role.${option.value as Role}`)}
          </Text>
        </div>
      )}
      {...props}
    />
  )
}
