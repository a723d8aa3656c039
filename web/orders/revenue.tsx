import { useQuery } from '@tanstack/react-query'
import { type Money } from '../../src/customers/contract.ts'
import { useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { worthOfCustomer } from './queries.ts'
import { WorthInWords } from './worth.tsx'

/**
 * What a customer's orders brought. Where all of it is in the company's currency it is shown as it is; else as the sum that rates allow, with its parts,
 * and what no rate converts apart. `at`: a day at whose end it was so much.
 */
export function Revenue({
  customerId,
  revenue,
  at,
  align = 'left',
}: {
  customerId: string
  revenue: readonly Money[]
  at?: string | undefined
  align?: 'left' | 'right'
}) {
  const { company } = useSession()
  const isForeign = revenue.some(part => part.currency !== company.currency)
  const worth = useQuery({ ...worthOfCustomer(customerId, at), enabled: isForeign })
  if (worth.data && isForeign) return <WorthInWords worth={worth.data} align={align} />
  return <>{revenue.length > 0 ? revenue.map(format.money).join(' + ') : '–'}</>
}
