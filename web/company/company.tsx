import { Alert, Button, Group, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Company } from '../../src/company/contract.ts'
import { sessionQuery, useMay, useSession } from '../access/session.ts'
import { put } from '../app/ask.ts'
import { Card, Page } from '../app/page.tsx'
import { sentence, tell } from '../app/tell.ts'
import { t } from '../app/words.ts'
import { RatesCard } from './rates.tsx'
import { CountrySelect, CurrencySelect, TimeZoneSelect } from './selects.tsx'

export function CompanyPage() {
  const session = useSession()
  const mayChange = useMay()('company:write')
  const queries = useQueryClient()
  const form = useForm<Company>({
    initialValues: session.company,
    validate: { name: value => (value.trim() ? null : t('access-ui:need.company')) },
  })
  const save = useMutation({
    mutationFn: (given: Company) => put<Company>('/company', { ...given, name: given.name.trim() }),
    meta: { saidByForm: true },
    onSuccess: company => {
      queries.setQueryData(sessionQuery.queryKey, old => old && { ...old, company })
      // Days are cut by the time zone: everything counted by days is asked for again.
      void queries.invalidateQueries({ predicate: query => query.queryKey[0] !== 'session' })
      form.resetDirty(company)
      tell.done(t('saved'))
    },
  })
  return (
    <Page title={t('company-ui:title')} text={t('company-ui:text')} size={820}>
      <Stack gap="lg">
        <Card>
          <form onSubmit={form.onSubmit(given => save.mutate(given))} noValidate>
            <Stack maw={460}>
              {save.isError && (
                <Alert color="clay" role="alert">
                  {sentence(save.error)}
                </Alert>
              )}
              <TextInput label={t('company-ui:name')} disabled={!mayChange} {...form.getInputProps('name')} />
              <TimeZoneSelect
                label={t('company-ui:timeZone')}
                description={t('company-ui:timeZone.hint')}
                disabled={!mayChange}
                {...form.getInputProps('timeZone')}
              />
              <CurrencySelect
                label={t('company-ui:currency')}
                description={t('company-ui:currency.hint')}
                disabled={!mayChange}
                {...form.getInputProps('currency')}
              />
              <CountrySelect
                label={t('company-ui:country')}
                description={t('company-ui:country.hint')}
                disabled={!mayChange}
                {...form.getInputProps('country')}
                value={form.values.country ?? null}
              />
              {mayChange && (
                <Group>
                  <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
                    {t('save')}
                  </Button>
                </Group>
              )}
            </Stack>
          </form>
        </Card>
        <RatesCard />
      </Stack>
    </Page>
  )
}
