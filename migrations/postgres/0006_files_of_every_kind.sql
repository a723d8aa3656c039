-- Consent, spend, and how long the rejected rows of a file are kept.

-- Who agreed to what, and who said so. Rows are added and read, nothing else; they go only together with their customer.
-- What counts now is a function of the rows whose source was not taken back.
create table consent_entry (
  id          bigint generated always as identity primary key,
  -- The event in the log. The same one again, after its source was taken back, is another entry.
  event_id    uuid not null,
  source_id   int not null references source (id),
  customer_id bigint not null references customer (id) on delete cascade,
  purpose     text not null,
  channel     text not null,
  status      text not null check (status in ('granted', 'denied', 'withdrawn')),
  at          timestamptz not null,
  recorded_at timestamptz not null,
  -- Where it was said, in the sender's words: a form, a till, a list.
  said_in     text,
  -- What shows it: the text agreed to, a confirmation mail, an address on the net.
  proof       text,
  unique (event_id, source_id)
);
create index consent_entry_by_customer on consent_entry (customer_id, at);

create function consent_entry_is_append_only() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and not exists (select 1 from customer where id = old.customer_id) then
    return old;
  end if;
  raise exception 'the ledger of consent is append-only';
end
$$;
create trigger consent_entry_stays before update or delete on consent_entry
  for each row execute function consent_entry_is_append_only();

-- What one file said of spend. For each day of a channel the latest file that speaks of it counts, so that a file can come again, and be taken back.
create table spend_layer (
  source_id  int primary key references source (id),
  -- Null while it is on its way in: then nothing of it counts.
  counts_from timestamptz
);
create table spend_entry (
  source_id int not null references spend_layer (source_id) on delete cascade,
  day       date not null,
  channel   text not null,
  campaign  text not null,
  currency  text not null,
  -- Minor units of the currency.
  amount    bigint not null,
  primary key (day, channel, source_id, campaign, currency)
);
create index spend_entry_by_layer on spend_entry (source_id);

alter table import add column rejects_dropped_at timestamptz;
