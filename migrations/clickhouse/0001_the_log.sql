-- What happened, in the order in which one customer's history is read: no partitions, customer first.
create table if not exists event (
  customer_id UInt64 codec(Delta, ZSTD),
  at          DateTime64(3, 'UTC') codec(Delta, ZSTD),
  id          UUID,
  name        LowCardinality(String),
  identified  Bool,
  order_id    String codec(ZSTD),
  amount      Nullable(Int64) codec(ZSTD),
  currency    LowCardinality(String),
  lines       String codec(ZSTD),
  traits      String codec(ZSTD),
  properties  String codec(ZSTD),
  source_id   UInt32 codec(ZSTD),
  received_at DateTime64(3, 'UTC') codec(Delta, ZSTD),
  batch       UInt64 codec(Delta, ZSTD)
) engine = MergeTree order by (customer_id, at, id);

-- Moves are never changed: a late event takes one back with sign −1 and records the right one, so that
-- what is known now is sum(sign), and what was known at K is the same sum over recorded_at <= K.
create table if not exists move (
  model_id      LowCardinality(String),
  model_version UInt32,
  customer_id   UInt64 codec(Delta, ZSTD),
  at            DateTime64(3, 'UTC') codec(Delta, ZSTD),
  from_stage    LowCardinality(String),
  to_stage      LowCardinality(String),
  because       LowCardinality(String),
  facts         String codec(ZSTD),
  recorded_at   DateTime64(3, 'UTC') codec(Delta, ZSTD),
  sign          Int8 codec(ZSTD),
  batch         UInt64 codec(Delta, ZSTD)
) engine = MergeTree order by (model_id, model_version, customer_id, at);
