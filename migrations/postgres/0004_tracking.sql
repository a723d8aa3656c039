-- Events that SDKs hand in: which key is which source, and the events that could not be used, kept until they are corrected.

-- Every key that hands in events is one source.
create table tracking_source (
  key_id    bigint primary key references api_key (id),
  source_id int not null unique references source (id)
);

-- What could not be used, with the reason. The same event again is counted, not kept twice; of each source the latest are kept.
create table tracking_quarantine (
  id          bigint generated always as identity primary key,
  source_id   int not null references source (id),
  -- A hash of reason and text: the same trouble again meets its row.
  fingerprint uuid not null,
  reason      text not null,
  -- Where in the event the trouble is, when that is one place.
  field       text,
  name        text,
  raw         text not null,
  -- The text was longer or deeper than is kept, so that it cannot be replayed as it is.
  is_cut      boolean not null,
  -- Came with a secret key, whose word on email and phone counts.
  is_trusted  boolean not null,
  times       int not null,
  received_at timestamptz not null,
  last_at     timestamptz not null,
  unique (source_id, fingerprint)
);
create index tracking_quarantine_by_source on tracking_quarantine (source_id, id desc);
