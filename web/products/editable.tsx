import { Autocomplete, TextInput, UnstyledButton } from '@mantine/core'
import { type KeyboardEvent, useState } from 'react'
import { t } from '../app/words.ts'
import styles from './products.module.css'

type Props = {
  /** What is edited of what: “Cost of tea”. */
  label: string
  /** How it stands there while nobody edits it; null: nobody said it yet. */
  shown: string | null
  /** What the field begins with. */
  value: string
  /** Why what was typed cannot be kept, or null. */
  trouble: (text: string) => string | null
  save: (text: string) => void
  choices?: string[]
  align?: 'left' | 'right'
  mayChange: boolean
}

/** A cell that becomes a field when it is clicked. Enter or leaving it keeps what was typed, Escape does not. */
export function Editable({ label, shown, value, trouble, save, choices, align = 'left', mayChange }: Props) {
  const [typed, type] = useState<string | null>(null)
  if (!mayChange) return <span>{shown ?? '–'}</span>
  if (typed === null) {
    return (
      <UnstyledButton
        className={styles.editable}
        data-align={align}
        data-unsaid={shown === null || undefined}
        aria-label={`${shown ?? t('products-ui:edit.add')}, ${label}`}
        onClick={() => type(value)}
      >
        {shown ?? t('products-ui:edit.add')}
      </UnstyledButton>
    )
  }
  const wrong = typed.trim() === '' ? null : trouble(typed)
  const done = () => {
    if (wrong !== null) return
    type(null)
    if (typed.trim() !== value) save(typed.trim())
  }
  const field = {
    'aria-label': label,
    autoFocus: true,
    size: 'xs' as const,
    value: typed,
    error: wrong,
    placeholder: t('products-ui:edit.empty'),
    onBlur: () => (wrong === null ? done() : type(null)),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Escape') type(null)
      if (event.key === 'Enter') done()
    },
  }
  return choices ? (
    <Autocomplete
      {...field}
      data={choices}
      limit={8}
      onChange={type}
      onOptionSubmit={chosen => [type(null), chosen !== value && save(chosen)]}
    />
  ) : (
    <TextInput {...field} onChange={event => type(event.currentTarget.value)} className={styles.amount} />
  )
}
