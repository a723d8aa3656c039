-- Two customers who turn out to be one person. Nothing is moved: what was taken for one of them stays theirs in the log, and both are read as one;
-- so that taking it back is as exact as the joining was.

-- Whose history this one is read with, and the other way round. Both follow from customer_merge and are kept for speed; of those joined one is in front.
alter table customer
  add column merged_into bigint references customer (id) on delete cascade,
  add column absorbed    bigint[] not null default '{}';
create index customer_merged_into on customer (merged_into) where merged_into is not null;

-- Every joining, and whether it still stands. Nobody is joined to two others at once, so those that stand form trees.
create table customer_merge (
  id         bigint generated always as identity primary key,
  loser      bigint not null references customer (id) on delete cascade,
  winner     bigint not null references customer (id) on delete cascade,
  -- same_event: one event named both · alias: the sender said so · colleague
  because    text not null check (because in ('same_event', 'alias', 'colleague')),
  -- The id by which the loser was found, and the event that said it.
  kind       text,
  value      text,
  message_id uuid,
  -- The colleague's name, then.
  by         text,
  at         timestamptz not null,
  undone_at  timestamptz,
  undone_by  text
);
create unique index customer_merge_standing on customer_merge (loser) where undone_at is null;
create index customer_merge_by_winner on customer_merge (winner);
create index customer_merge_undone on customer_merge (loser) where undone_at is not null;

-- Who may be the same person, but is not joined without a colleague's word.
create table customer_doubt (
  a            bigint not null references customer (id) on delete cascade,
  b            bigint not null references customer (id) on delete cascade,
  -- shared_id: two known people, one id · too_many: one person with too many others · apart: joined before and taken apart
  reason       text not null check (reason in ('shared_id', 'too_many', 'apart')),
  kind         text not null,
  value        text not null,
  times        int not null,
  first_at     timestamptz not null,
  last_at      timestamptz not null,
  dismissed_at timestamptz,
  primary key (a, b),
  check (a < b)
);
create index customer_doubt_by_b on customer_doubt (b);

-- Where phone numbers without a country code are at home.
alter table company add column country text;
