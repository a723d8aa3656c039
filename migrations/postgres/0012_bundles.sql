-- What comes in together waits together: one row of the inbox holds the events of one source and lane that were handed in at once. A row for each
-- event cost more than everything else that accepting does. The same message twice is recognised when it is settled.
alter table inbox rename to inbox_of_single_events;
create table inbox (
  seq         bigint generated always as identity primary key,
  lane        smallint not null,
  -- Of a source; not checked row by row, and no source is ever deleted.
  source_id   int not null,
  received_at timestamptz not null,
  events      int not null,
  -- A JSON array. As text: it is read once, as a whole.
  envelopes   text not null
);
-- Rows come and go all the time; without this the head of the queue fills with the dead.
alter table inbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
insert into inbox (lane, source_id, received_at, events, envelopes)
  select lane, source_id, received_at, 1, '[' || envelope::text || ']' from inbox_of_single_events order by seq;
drop table inbox_of_single_events;

-- Room on the page, so that a row that changes without its indexed columns stays there and the indexes are left alone.
alter table customer set (fillfactor = 80);
alter table customer_stage set (fillfactor = 80);
