import { useQuery } from '@tanstack/react-query'
import { useMay } from '../access/session.ts'
import { anyCompany } from '../companies/queries.ts'
import { pagesFor } from './navigation.ts'

/** The pages that this person can go to: what their role may see, and there is. */
export function usePages() {
  const may = useMay()
  const { data: hasCompanies = false } = useQuery({ ...anyCompany, enabled: may('customers:read') })
  return pagesFor(may).filter(page => hasCompanies || page.to !== '/companies')
}
