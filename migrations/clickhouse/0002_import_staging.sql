-- A file of orders on its way in: its good rows in the order of customers, the rows that were left out, and the orders they make.
-- One partition per import, so that forgetting one is dropping it. Rows may be there twice after a crash: they carry their number.

create table if not exists import_row (
  import_id UInt32,
  run       UInt32,
  customer  String codec(ZSTD),
  order_id  String codec(ZSTD),
  row       UInt64 codec(Delta, ZSTD),
  content   String codec(ZSTD)
) engine = MergeTree partition by import_id order by (import_id, run, customer, order_id, row);

create table if not exists import_reject (
  import_id UInt32,
  run       UInt32,
  row       UInt64 codec(Delta, ZSTD),
  code      LowCardinality(String),
  params    String codec(ZSTD),
  cells     Array(String) codec(ZSTD)
) engine = MergeTree partition by import_id order by (import_id, run, row);

-- `id` is the id that the event has in the log.
create table if not exists import_event (
  import_id UInt32,
  run       UInt32,
  seq       UInt64 codec(Delta, ZSTD),
  id        UUID,
  is_order  Bool,
  envelope  String codec(ZSTD)
) engine = MergeTree partition by import_id order by (import_id, run, seq);
