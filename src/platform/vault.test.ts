import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openVault, vaultWith } from './vault.ts'

test('what is sealed opens again with the same key and at the same place only', () => {
  const vault = vaultWith('one long secret of the installation')
  const sealed = vault.seal('whsec_ä', 'shop a')
  expect(sealed).not.toContain('whsec')
  expect(vault.open(sealed, 'shop a')).toBe('whsec_ä')
  expect(vault.seal('whsec_ä', 'shop a')).not.toBe(sealed)
  expect(() => vault.open(sealed, 'shop b')).toThrow('cannot be read')
  expect(() => vaultWith('another secret').open(sealed, 'shop a')).toThrow('cannot be read')
  const damaged = sealed.slice(0, -6) + (sealed.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA')
  expect(() => vault.open(damaged, 'shop a')).toThrow('cannot be read')
})

test('without a secret of its own an installation makes one, keeps it, and shows it to nobody else', () => {
  const data = mkdtempSync(join(tmpdir(), 'perennial-vault-'))
  try {
    const sealed = openVault({ secret: null, data }).seal('x', 'p')
    expect(openVault({ secret: null, data }).open(sealed, 'p')).toBe('x')
    expect(statSync(join(data, 'secret')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(data, 'secret'), 'utf8')).toMatch(/^[\w-]{43}$/)
  } finally {
    rmSync(data, { recursive: true })
  }
})
