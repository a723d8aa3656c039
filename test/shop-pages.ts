import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build, type Rolldown } from 'vite'

/** The snippet as it is now, where the program hands it out. */
export const buildSnippet = () =>
  build({ configFile: fileURLToPath(new URL('../web/vite.snippet.ts', import.meta.url)), logLevel: 'error' })

/** A shop on another address than ours, with a page for each script of `tracking-pages`. */
export async function shopWith(names: string[]) {
  const scripts = new Map(await Promise.all(names.map(async name => [name, await bundled(name)] as const)))
  const pages = createServer((request, response) => {
    const [, name = '', ending] = /^\/(\w+)(\.js)?/.exec(request.url ?? '') ?? []
    const script = scripts.get(name)
    if (script === undefined) response.writeHead(404).end()
    else if (ending) response.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
    else
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<!doctype html><title>Shop</title><script type="module" src="/${name}.js"></script>`)
  })
  await new Promise<void>(done => pages.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(pages.address() as AddressInfo).port}`, close: () => void pages.close() }
}

async function bundled(name: string): Promise<string> {
  const entry = fileURLToPath(new URL(`./tracking-pages/${name}.js`, import.meta.url))
  const made = (await build({
    configFile: false,
    logLevel: 'error',
    root: fileURLToPath(new URL('./tracking-pages', import.meta.url)),
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, minify: false, rolldownOptions: { input: entry, output: { codeSplitting: false } } },
  })) as Rolldown.RolldownOutput
  return made.output[0].code
}
