-- Shops that tell us of their orders themselves: who may, what each of them told, and what is remembered of an order so that the order of telling does not matter.

create table shop_connection (
  id             int generated always as identity primary key,
  -- The last part of the address that the shop sends to; nobody can guess it.
  address        text not null unique,
  kind           text not null check (kind in ('shopify', 'woocommerce', 'stripe', 'generic')),
  name           text not null,
  source_id      int not null references source (id),
  -- What it signs with, sealed (platform/vault.ts); null where the address alone is the secret.
  secret         text,
  -- How a generic one is checked and read.
  proof          jsonb,
  mapping        jsonb,
  -- Orders that the shop itself calls a test count too.
  takes_tests    boolean not null default false,
  is_on          boolean not null default true,
  -- WooCommerce has asked whether anybody is there.
  pinged_at      timestamptz,
  -- The shop has said that nothing more will come.
  ended_at       timestamptz,
  created_at     timestamptz not null,
  removed_at     timestamptz
);

-- One thing that a shop told, once, however often it sent it. After thirty days the body is forgotten, and the row too unless it is among the latest of its connection,
-- which tell how often it is usually heard. What came of it stands in the log, which knows a repeated one by its message ids.
create table shop_delivery (
  id            bigint generated always as identity primary key,
  connection_id int not null references shop_connection (id),
  -- The shop's own id of it, else a hash of the body.
  key           text not null,
  topic         text not null,
  result        text not null check (result in ('accepted', 'not_used', 'not_understood', 'test', 'waiting', 'held')),
  reason        text,
  field         text,
  -- How many events came of it.
  events        int not null default 0,
  -- How often it was sent.
  times         int not null default 1,
  -- The order that it waits for, by the shop's own id.
  order_key     text,
  received_at   timestamptz not null,
  last_at       timestamptz not null,
  body          bytea,
  unique (connection_id, key)
);
create index shop_delivery_latest on shop_delivery (connection_id, id desc);
create index shop_delivery_by_result on shop_delivery (connection_id, result, id);
create index shop_delivery_waiting on shop_delivery (connection_id, order_key) where result = 'waiting';
create index shop_delivery_by_time on shop_delivery (received_at);

-- What was turned away at the door is not kept, only counted.
create table shop_refusal (
  connection_id int not null references shop_connection (id),
  day           date not null,
  reason        text not null,
  times         int not null,
  last_at       timestamptz not null,
  primary key (connection_id, day, reason)
);

-- What is remembered of an order between two deliveries: whose it is, because a refund does not say, and which of its versions were told.
create table shop_order (
  connection_id int not null references shop_connection (id),
  -- The shop's own id of the order; a refund names this one.
  key           text not null,
  memory        jsonb not null,
  primary key (connection_id, key)
);
