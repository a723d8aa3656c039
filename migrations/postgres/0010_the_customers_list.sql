-- Finding, sorting and handling customers: what the list needs beside the customers themselves.

-- Sorted by when something was last heard. The hour is a column of its own, because an index on the instant itself would be written with every
-- event; an hour changes rarely, so most events leave the indexes of a customer alone. Within an hour the instants are sorted when asked.
alter table customer add column last_seen_hour timestamptz not null
  generated always as (date_trunc('hour', last_seen_at at time zone 'UTC') at time zone 'UTC') stored;
create index customer_by_last_seen on customer (last_seen_hour, id);
create index customer_by_first_seen on customer (first_seen_at, id);
create index customer_by_name on customer (lower(coalesce(name, email)), id) where coalesce(name, email) is not null;
-- A trait that is something exactly; other questions about traits are asked of each candidate.
create index customer_by_trait on customer using gin (traits jsonb_path_ops);
-- How many have a trait is estimated from these samples: with too few of them a rare one is taken for a common one.
alter table customer alter column traits set statistics 400;

-- Any part of a phone number; the beginnings of all ids are in identity_by_value.
create index identity_phone_search on identity using gin (value gin_trgm_ops) where kind = 'phone';

-- What the lifecycle has folded, as columns: they follow the fold by themselves, in the statement that writes it.
alter table customer_stage
  add column orders int not null generated always as (coalesce((fold -> 'facts' ->> 'orders')::int, 0)) stored,
  add column last_order_ms bigint generated always as ((fold -> 'facts' ->> 'lastOrderAt')::bigint) stored;
create index customer_stage_by_orders on customer_stage (model_id, orders, customer_id);
create index customer_stage_by_last_order on customer_stage (model_id, last_order_ms, customer_id) where last_order_ms is not null;

-- A named state of the list: filters, order and columns. Of one colleague, or shared with all.
create table saved_view (
  id         int generated always as identity primary key,
  user_id    bigint not null references user_account (id) on delete cascade,
  name       text not null,
  is_shared  boolean not null,
  state      jsonb not null,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create index saved_view_by_user on saved_view (user_id);
-- The view with which the list opens for a colleague.
create table saved_view_default (
  user_id bigint primary key references user_account (id) on delete cascade,
  view_id int not null references saved_view (id) on delete cascade
);

-- Picked by hand: members are there because somebody put them there.
create table list (
  id          int generated always as identity primary key,
  name        text not null,
  description text not null default '',
  created_at  timestamptz not null,
  created_by  text not null
);
create unique index list_by_name on list (lower(name));
create table list_member (
  list_id     int not null references list (id) on delete cascade,
  customer_id bigint not null references customer (id) on delete cascade,
  added_at    timestamptz not null,
  added_by    text not null,
  primary key (list_id, customer_id)
);
create index list_member_by_customer on list_member (customer_id);

-- What colleagues write down about a customer. Not in the log: it is about our work, may be corrected, and moves no stage.
create table customer_note (
  id          bigint generated always as identity primary key,
  customer_id bigint not null references customer (id) on delete cascade,
  -- Whose it is; null once the account is gone, or when a key wrote it. The name stays.
  user_id     bigint references user_account (id) on delete set null,
  author      text not null,
  text        text not null,
  is_pinned   boolean not null default false,
  created_at  timestamptz not null,
  changed_at  timestamptz
);
create index customer_note_by_customer on customer_note (customer_id, created_at desc, id desc);

-- One thing done to many customers, by a job.
create table bulk_action (
  id          int generated always as identity primary key,
  kind        text not null check (kind in ('trait', 'list_add', 'list_remove', 'export')),
  -- Who it is for: ids picked by hand, or a question; asked again piece by piece while it runs.
  selection   jsonb not null,
  params      jsonb not null,
  -- What whoever asked might see, so that a file holds no more.
  sight       jsonb not null,
  state       text not null check (state in ('working', 'done', 'failed', 'cancelled')),
  total       int,
  done        int not null default 0,
  -- Of those, how many were changed by it.
  changed     int not null default 0,
  -- Where the events that set a trait come from, so that they can be told from others.
  source_id   int references source (id),
  -- A file's name within the exports folder, until it is swept away.
  file        text,
  bytes       bigint not null default 0,
  error       text,
  user_id     bigint references user_account (id) on delete set null,
  created_by  text not null,
  created_at  timestamptz not null,
  finished_at timestamptz
);
create index bulk_action_by_user on bulk_action (user_id, id desc);
