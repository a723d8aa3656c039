// Made by tools/tables.ts from the migrated database; run `node tools/tables.ts` after a new migration.
import { type Generated, type GeneratedAlways } from 'kysely'

export interface Tables {
  account_link: {
    token_hash: Buffer
    user_id: number | null
    created_at: Date
    expires_at: Date | null
  }
  api_key: {
    id: GeneratedAlways<number>
    kind: string
    name: string
    role: string | null
    token_hash: Buffer
    shown: string
    created_at: Date
    last_used_at: Date | null
    revoked_at: Date | null
  }
  audit_entry: {
    id: GeneratedAlways<number>
    at: Date
    who_kind: string
    who_id: number | null
    who: string
    action: string
    subject: string
    detail: Generated<unknown>
    address: string | null
    request_id: string | null
  }
  bulk_action: {
    id: GeneratedAlways<number>
    kind: string
    selection: unknown
    params: unknown
    sight: unknown
    state: string
    total: number | null
    done: Generated<number>
    changed: Generated<number>
    source_id: number | null
    file: string | null
    bytes: Generated<number>
    error: string | null
    user_id: number | null
    created_by: string
    created_at: Date
    finished_at: Date | null
  }
  company: {
    id: Generated<boolean>
    name: string
    time_zone: string
    currency: string
    created_at: Date
    changed_at: Date
    country: string | null
  }
  consent_entry: {
    id: GeneratedAlways<number>
    event_id: string
    source_id: number
    customer_id: number
    purpose: string
    channel: string
    status: string
    at: Date
    recorded_at: Date
    said_in: string | null
    proof: string | null
  }
  currency_rate: {
    base: string
    currency: string
    day: Date
    rate: string
    changed_at: Date
  }
  customer: {
    id: GeneratedAlways<number>
    created_at: Date
    first_seen_at: Date
    last_seen_at: Date
    email: string | null
    name: string | null
    traits: Generated<unknown>
    merged_into: number | null
    absorbed: Generated<number[]>
    last_seen_hour: GeneratedAlways<Date>
  }
  customer_company: {
    id: GeneratedAlways<number>
    external_id: string
    name: string | null
    told: Generated<unknown>
    created_at: Date
  }
  customer_company_member: {
    customer_id: number
    company_id: number
    joined_at: Date
    left_at: Date | null
    told: Generated<unknown>
  }
  customer_doubt: {
    a: number
    b: number
    reason: string
    kind: string
    value: string
    times: number
    first_at: Date
    last_at: Date
    dismissed_at: Date | null
  }
  customer_merge: {
    id: GeneratedAlways<number>
    loser: number
    winner: number
    because: string
    kind: string | null
    value: string | null
    message_id: string | null
    by: string | null
    at: Date
    undone_at: Date | null
    undone_by: string | null
  }
  customer_note: {
    id: GeneratedAlways<number>
    customer_id: number
    user_id: number | null
    author: string
    text: string
    is_pinned: Generated<boolean>
    created_at: Date
    changed_at: Date | null
  }
  customer_stage: {
    model_id: string
    customer_id: number
    version: number
    stage: string | null
    since: Date
    next_change_at: Date | null
    fold: unknown
    orders: GeneratedAlways<number>
    last_order_ms: GeneratedAlways<number | null>
  }
  data_rule: {
    id: GeneratedAlways<number>
    event: string | null
    path: string | null
    action: string
    created_at: Date
    created_by: string
    hits: Generated<number>
    last_hit_at: Date | null
  }
  data_suggestion_dismissed: {
    event: string
    path: string
  }
  event_name: {
    id: Generated<number>
    name: string
    description: Generated<string>
    owner: Generated<string>
    is_verified: Generated<boolean>
    observed: Generated<number>
    properties: Generated<unknown>
    unlisted: Generated<number>
  }
  event_name_day: {
    name_id: number
    day: Date
    n: number
  }
  event_name_source: {
    name_id: number
    source_id: number
    n: number
    first_at: Date
    last_at: Date
  }
  identity: {
    kind: string
    value: string
    customer_id: number
  }
  import: {
    id: GeneratedAlways<number>
    kind: string
    file_name: string
    file: string | null
    bytes: number
    state: string
    recognised: string | null
    mapping: unknown
    looks: unknown
    run: Generated<number>
    read_at: Date | null
    source_id: number | null
    counts: unknown
    events: Generated<number>
    error: string | null
    created_at: Date
    finished_at: Date | null
    created_by: string | null
    rejects_dropped_at: Date | null
  }
  inbox: {
    seq: GeneratedAlways<number>
    lane: number
    source_id: number
    received_at: Date
    events: number
    envelopes: string
  }
  job: {
    id: GeneratedAlways<number>
    kind: string
    subject: string
    state: string
    progress: Generated<number>
    progress_from: Generated<number>
    progress_since: Date
    cursor: Generated<unknown>
    is_cancelled: Generated<boolean>
    owner: string | null
    attempts: Generated<number>
    not_before: Date
    error: string | null
    created_at: Date
    finished_at: Date | null
  }
  lane: {
    id: number
    owner: string | null
  }
  lifecycle_model: {
    id: string
    version: number
    definition: unknown
    is_primary: boolean
    published_at: Date
    state: string
    trouble: string | null
  }
  list: {
    id: GeneratedAlways<number>
    name: string
    description: Generated<string>
    created_at: Date
    created_by: string
  }
  list_member: {
    list_id: number
    customer_id: number
    added_at: Date
    added_by: string
  }
  log_batch: {
    id: GeneratedAlways<number>
    worker: string
    taken_back_at: Date | null
  }
  product: {
    sku: string
    observed: Generated<unknown>
    given: Generated<unknown>
    name: GeneratedAlways<string | null>
    category: GeneratedAlways<string | null>
    brand: GeneratedAlways<string | null>
    url: GeneratedAlways<string | null>
    image_url: GeneratedAlways<string | null>
    price: GeneratedAlways<unknown>
    cost: GeneratedAlways<unknown>
    is_active: GeneratedAlways<boolean | null>
    added_at: Date
    changed_at: Date
  }
  saved_view: {
    id: GeneratedAlways<number>
    user_id: number
    name: string
    is_shared: boolean
    state: unknown
    created_at: Date
    changed_at: Date
  }
  saved_view_default: {
    user_id: number
    view_id: number
  }
  session: {
    id: GeneratedAlways<number>
    token_hash: Buffer
    user_id: number
    created_at: Date
    last_seen_at: Date
    address: string | null
    agent: string | null
  }
  shop_connection: {
    id: GeneratedAlways<number>
    address: string
    kind: string
    name: string
    source_id: number
    secret: string | null
    proof: unknown
    mapping: unknown
    takes_tests: Generated<boolean>
    is_on: Generated<boolean>
    pinged_at: Date | null
    ended_at: Date | null
    created_at: Date
    removed_at: Date | null
  }
  shop_delivery: {
    id: GeneratedAlways<number>
    connection_id: number
    key: string
    topic: string
    result: string
    reason: string | null
    field: string | null
    events: Generated<number>
    times: Generated<number>
    order_key: string | null
    received_at: Date
    last_at: Date
    body: Buffer | null
  }
  shop_order: {
    connection_id: number
    key: string
    memory: unknown
  }
  shop_refusal: {
    connection_id: number
    day: Date
    reason: string
    times: number
    last_at: Date
  }
  sign_in_tries: {
    subject: Buffer
    tries: number
    since: Date
  }
  source: {
    id: GeneratedAlways<number>
    kind: string
    name: string
    created_at: Date
    undone_at: Date | null
    dropped_at: Date | null
  }
  source_hour: {
    source_id: number
    what: string
    hour: Date
    n: number
    last_at: Date
  }
  source_minute: {
    source_id: number
    slot: number
    minute: Date
    n: number
  }
  spend_entry: {
    source_id: number
    day: Date
    channel: string
    campaign: string
    currency: string
    amount: number
  }
  spend_layer: {
    source_id: number
    counts_from: Date | null
  }
  tracking_quarantine: {
    id: GeneratedAlways<number>
    source_id: number
    fingerprint: string
    reason: string
    field: string | null
    name: string | null
    raw: string
    is_cut: boolean
    is_trusted: boolean
    times: number
    received_at: Date
    last_at: Date
  }
  tracking_source: {
    key_id: number
    source_id: number
  }
  user_account: {
    id: GeneratedAlways<number>
    email: string
    name: string
    role: string
    password_hash: string | null
    is_active: Generated<boolean>
    created_at: Date
    last_seen_at: Date | null
  }
  worker: {
    id: string
    home: string
    alive_until: Date
  }
}
