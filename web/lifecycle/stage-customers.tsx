import { Link } from '@tanstack/react-router'
import { type ReactNode } from 'react'
import { type ModelView } from '../../src/lifecycle/contract.ts'
import { useMay } from '../access/session.ts'
import { type Day } from '../app/days.ts'

type Props = { stage: string; model: ModelView; at: Day; className?: string | undefined; label?: string; children: ReactNode }

/** Leads to the customers who stood in a stage on a day; for those who may not see customers it is what it says, and no more. */
export function StageCustomers({ stage, model, at, className, label, children }: Props) {
  const may = useMay()
  if (!may('customers:read')) return <span className={className}>{children}</span>
  return (
    <Link
      to="/customers"
      search={{ stage, at, ...(model.isPrimary ? {} : { model: model.id }) }}
      className={className}
      aria-label={label}
    >
      {children}
    </Link>
  )
}
