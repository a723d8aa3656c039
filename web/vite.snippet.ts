import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import program from '../package.json' with { type: 'json' }

/** The one file that the pages of others load: nothing is loaded after it, and it leaves no name behind but `perennial`. */
export default defineConfig({
  root: fileURLToPath(new URL('snippet', import.meta.url)),
  define: { __VERSION__: JSON.stringify(program.version) },
  publicDir: false,
  build: {
    outDir: '../dist',
    emptyOutDir: false,
    target: 'es2022',
    reportCompressedSize: false,
    lib: { entry: 'perennial.ts', formats: ['iife'], name: 'PerennialSnippet', fileName: () => 'perennial.js' },
  },
})
