import { ActionIcon, Button, Group, Popover } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type CompanyProfile } from '../../src/customers/companies/contract.ts'
import { type Condition } from '../../src/customers/filters/contract.ts'
import { type ModelView } from '../../src/lifecycle/contract.ts'
import { get } from '../app/ask.ts'
import { IconFilter, IconX } from '../app/icons.ts'
import { t } from '../app/words.ts'
import { ConditionForm } from './condition-form.tsx'
import { conditionInWords, type Names } from './condition-words.ts'
import styles from './customers.module.css'
import { lists } from './queries.ts'

/** The conditions of the list: each can be changed and taken away, and another one added. */
export function Filters({
  where,
  model,
  change,
}: {
  where: readonly Condition[]
  model: ModelView | undefined
  change: (where: Condition[]) => void
}) {
  const names = useNames(where, model)
  return (
    <>
      {where.map((one, i) => (
        <Chip
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition is its place among the others
          key={i}
          one={one}
          words={conditionInWords(one, names)}
          model={model}
          change={next => change(where.map((old, at) => (at === i ? next : old)))}
          remove={() => change(where.filter((_, at) => at !== i))}
        />
      ))}
      <Adder model={model} add={one => change([...where, one])} />
    </>
  )
}

const COMPANIES_MAX = 20
function useNames(where: readonly Condition[], model: ModelView | undefined): Names {
  const known = useQuery({ ...lists, enabled: where.some(one => one.field === 'list') })
  const ids = where.flatMap(one => (one.field === 'company' ? [one.id] : [])).slice(0, COMPANIES_MAX)
  const companies = useQuery({
    queryKey: ['companies', 'names', ids],
    queryFn: ({ signal }) => Promise.all(ids.map(id => get<CompanyProfile>(`/companies/${id}`, {}, signal))),
    enabled: ids.length > 0,
    retry: false,
  })
  return {
    stages: new Map(model?.stages.map(one => [one.id, one.name])),
    lists: new Map(known.data?.map(one => [one.id, one.name])),
    companies: new Map(companies.data?.map(one => [one.id, one.label])),
  }
}

function Adder({ model, add }: { model: ModelView | undefined; add: (one: Condition) => void }) {
  const [isOpen, open] = useState(false)
  return (
    <Popover opened={isOpen} onChange={open} width={300} position="bottom-start" trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconFilter size={16} />} onClick={() => open(!isOpen)}>
          {t('customers-ui:filter.add')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <ConditionForm
          value={null}
          model={model}
          use={one => {
            open(false)
            add(one)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}

function Chip({
  one,
  words,
  model,
  change,
  remove,
}: {
  one: Condition
  words: string
  model: ModelView | undefined
  change: (one: Condition) => void
  remove: () => void
}) {
  const [isOpen, open] = useState(false)
  return (
    <Group gap={0} wrap="nowrap" className={styles.chip}>
      <Popover opened={isOpen} onChange={open} width={300} position="bottom-start" trapFocus>
        <Popover.Target>
          <button
            type="button"
            className={styles.chipWords}
            aria-label={t('customers-ui:filter.change', { what: words })}
            onClick={() => open(!isOpen)}
          >
            {words}
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <ConditionForm
            value={one}
            model={model}
            use={next => {
              open(false)
              change(next)
            }}
          />
        </Popover.Dropdown>
      </Popover>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        mr={4}
        aria-label={t('customers-ui:filter.remove', { what: words })}
        onClick={remove}
      >
        <IconX size={14} />
      </ActionIcon>
    </Group>
  )
}
