import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'web/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
    globalSetup: ['test/engines.ts'],
    setupFiles: ['test/seed.ts'],
    // The databases work in processes of their own beside the tests.
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 90_000,
    hookTimeout: 180_000,
    // A machine that runs everything at once is slow; what never comes fails all the same.
    expect: { poll: { timeout: 20_000 } },
  },
})
