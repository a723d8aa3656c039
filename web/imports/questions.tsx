import { Alert, Button, Code, Group, Radio, Stack, Text } from '@mantine/core'
import { type ImportView, type Mapping } from '../../src/events/imports/contract.ts'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { fieldName, kindOf } from './fields.ts'
import styles from './questions.module.css'

type Question = ImportView['questions'][number]
type About = Exclude<Question['about'], 'columns'>

const answerOf = (about: Question['about'], value: string) => (about === 'consents' ? value === 'take' : value)

/** What the file leaves open. Never guessed: one value from the file, and its readings to choose from. */
export function Questions({ one, change, isBusy }: { one: ImportView; change: (mapping: Mapping) => void; isBusy: boolean }) {
  return one.questions.map(question =>
    question.about === 'columns' ? (
      <Alert key="columns" color="marigold" title={t('import-ui:question.columns')}>
        {t('import-ui:question.missing', { fields: question.missing.map(field => fieldName(kindOf(one), field)).join(', ') })}
        {question.missing.includes('spend_channel') && ` ${t('import-ui:question.orChannel')}`}
        {question.options.map(option => (
          <Group key={option.value} mt="xs">
            <Button size="xs" variant="default" disabled={isBusy} onClick={() => change({ ...one.mapping, noAmount: true })}>
              {option.reading}
            </Button>
          </Group>
        ))}
      </Alert>
    ) : (
      <Choice
        key={question.about}
        question={question}
        isBusy={isBusy}
        choose={value => change({ ...one.mapping, [question.about]: answerOf(question.about, value) })}
      />
    ),
  )
}

function Choice({ question, choose, isBusy }: { question: Question; choose: (value: string) => void; isBusy: boolean }) {
  const about = question.about as About
  return (
    <Card
      title={t(`import-ui:question.${about}`)}
      text={
        about === 'consents'
          ? t('import-ui:question.consentsText')
          : question.sample !== null && (
              <Text component="span" size="sm">
                {t('import-ui:question.sample')} <Code fz="sm">{question.sample}</Code>
              </Text>
            )
      }
      className={styles.question}
    >
      <Radio.Group onChange={choose} aria-label={t(`import-ui:question.${about}`)} value={null}>
        <Group gap="sm" component="div">
          {question.options.map(option => (
            <Radio.Card key={option.value} value={option.value} className={styles.option} disabled={isBusy}>
              <Group wrap="nowrap" align="center" gap="sm">
                <Radio.Indicator />
                <Stack gap={0}>
                  <Text fw={600} className="numbers">
                    {option.reading}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {optionName(about, option.value)}
                  </Text>
                </Stack>
              </Group>
            </Radio.Card>
          ))}
        </Group>
      </Radio.Group>
    </Card>
  )
}

function optionName(about: About, value: string): string {
  if (about === 'amountUnit') return t(`import-ui:amountUnit.${value as 'major' | 'minor'}`)
  if (about === 'consents') return t(`import-ui:consents.${value as 'take' | 'leave'}`)
  if (about === 'decimal') return t(value === ',' ? 'import-ui:decimal.comma' : 'import-ui:decimal.point')
  return t(`import-ui:dateOrder.${value as 'ymd' | 'dmy' | 'mdy'}`)
}
