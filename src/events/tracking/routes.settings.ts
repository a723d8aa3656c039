/** What analytics-next asks for before it sends: where to, and that there is nothing else to load. */
export const segmentSettings = (writeKey: string, { protocol, host }: { protocol: string; host: string }) => ({
  integrations: {
    'Segment.io': {
      apiKey: writeKey,
      apiHost: `${host}/v1`,
      protocol,
      unbundledIntegrations: [],
      addBundledMetadata: true,
      maybeBundledConfigIds: {},
      versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
    },
  },
  plan: { track: { __default: { enabled: true, integrations: {} } } },
  edgeFunction: {},
  analyticsNextEnabled: true,
  middlewareSettings: {},
  enabledMiddleware: {},
  // Otherwise it would report about itself to Segment.
  metrics: { sampleRate: 0 },
  legacyVideoPluginsEnabled: false,
  remotePlugins: [],
})

/** What RudderStack's browser SDK asks for before it sends: a source without destinations on the device, and no reports to RudderStack. */
export const rudderSource = (writeKey: string, name: string, id: number, at: number) => ({
  source: {
    id: String(id),
    name,
    writeKey,
    enabled: true,
    workspaceId: 'perennial',
    connections: [],
    destinations: [],
    dataplanes: {},
    config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
    sourceDefinition: { name: 'Javascript' },
  },
  updatedAt: new Date(at).toISOString(),
})
