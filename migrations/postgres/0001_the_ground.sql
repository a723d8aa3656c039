-- Customers, what they are called by, and the inbox through which everything about them arrives.

-- A customer is known by ids of several kinds; the row itself stays small, and its lock is the lock for all that is folded from their events.
create table customer (
  id            bigint generated always as identity primary key,
  created_at    timestamptz not null,
  first_seen_at timestamptz not null,
  last_seen_at  timestamptz not null,
  email         text,
  name          text,
  traits        jsonb not null default '{}'
);

create table identity (
  kind        text not null,
  value       text not null,
  customer_id bigint not null references customer (id) on delete cascade,
  primary key (kind, value)
);
create index identity_by_customer on identity (customer_id);

-- Where events come from: an import, later an SDK key or a shop.
create table source (
  id         int generated always as identity primary key,
  kind       text not null,
  name       text not null,
  created_at timestamptz not null,
  -- Set while and after an import is undone: its events no longer count, whether or not the log has dropped them yet.
  undone_at  timestamptz,
  dropped_at timestamptz
);

-- Accepted and on disk, not yet in the log. A row leaves in the transaction that settles its batch.
create table inbox (
  seq         bigint generated always as identity primary key,
  lane        smallint not null,
  message_id  uuid not null,
  -- Of a source; not checked row by row, for it costs a third of taking an event in, and no source is ever deleted.
  source_id   int not null,
  received_at timestamptz not null,
  -- As text: it is read once, as a whole.
  envelope    json not null
);
-- Rows come and go all the time; without this the head of the queue fills with the dead.
alter table inbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000, autovacuum_vacuum_cost_delay = 0);
create unique index inbox_by_message on inbox (message_id);
create index inbox_by_source on inbox (source_id, seq);

-- A running process that does the work. It says every few seconds that it lives; one that has not for a while is removed by the others,
-- and from then on cannot settle anything any more: every settling transaction locks its worker's row and finds it gone.
create table worker (
  id          uuid primary key,
  -- The data folder it runs on: a new process on the same folder knows that the old one is dead.
  home        text not null,
  alive_until timestamptz not null
);

-- A lane has one owner at a time, so that what one sender says of one customer is taken in order.
create table lane (
  id    smallint primary key,
  owner uuid references worker (id) on delete set null
);
insert into lane (id) select generate_series(0, 31);

-- Writes to the log carry the number of a row here. The transaction that settles a batch deletes its row; a row whose worker is gone
-- marks log rows that no transaction stands behind, and they are removed from the log before anything else happens.
-- Taken back by others, it stays for a day: its worker may only have slept, and must not take a missing row for a settled batch.
create table log_batch (
  id            bigint generated always as identity primary key,
  worker        uuid not null,
  taken_back_at timestamptz
);

-- Models and their versions. Exactly one is primary.
create table lifecycle_model (
  id           text not null,
  version      int not null,
  definition   jsonb not null,
  is_live      boolean not null,
  is_primary   boolean not null,
  published_at timestamptz not null,
  primary key (id, version)
);
create unique index lifecycle_model_live on lifecycle_model (id) where is_live;
create unique index lifecycle_model_primary on lifecycle_model (is_primary) where is_primary;

-- Where each customer stands now in each live model, what it was folded from, and when it changes by itself.
create table customer_stage (
  model_id       text not null,
  customer_id    bigint not null references customer (id) on delete cascade,
  version        int not null,
  stage          text,
  since          timestamptz not null,
  next_change_at timestamptz,
  fold           jsonb not null,
  primary key (model_id, customer_id)
);
create index customer_stage_by_stage on customer_stage (model_id, stage, since desc, customer_id);
create index customer_stage_due on customer_stage (next_change_at) where next_change_at is not null;

-- Searching as one types: any part of a name or an email, the beginning of any id.
create extension if not exists pg_trgm;
create index customer_search on customer using gin ((coalesce(name, '') || ' ' || coalesce(email, '')) gin_trgm_ops);
create index identity_by_value on identity (value text_pattern_ops);
