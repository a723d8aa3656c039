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
  -- Read whole by whatever asks about time; half the work of ZSTD for a quarter more of disk.
  at            DateTime64(3, 'UTC') codec(Delta, LZ4),
  from_stage    LowCardinality(String),
  to_stage      LowCardinality(String),
  because       LowCardinality(String),
  facts         String codec(ZSTD),
  recorded_at   DateTime64(3, 'UTC') codec(Delta, ZSTD),
  sign          Int8 codec(ZSTD),
  batch         UInt64 codec(Delta, ZSTD),
  -- The stage map asks how many moves of each kind there were up to an instant. Days answer for the far past and there are a few thousand
  -- of them; half hours answer for the period that is looked at, and for the piece between a day of ours and a day in UTC.
  -- Counted from 1900, where DateTime64 begins: the functions that round times are wrong before 1970.
  projection by_half_hour (
    select model_id, model_version, intDiv(toUnixTimestamp64Milli(at) + 2208988800000, 1800000), from_stage, to_stage, sum(sign)
    group by model_id, model_version, intDiv(toUnixTimestamp64Milli(at) + 2208988800000, 1800000), from_stage, to_stage
  ),
  projection by_day (
    select model_id, model_version, intDiv(toUnixTimestamp64Milli(at) + 2208988800000, 86400000), from_stage, to_stage, sum(sign)
    group by model_id, model_version, intDiv(toUnixTimestamp64Milli(at) + 2208988800000, 86400000), from_stage, to_stage
  )
) engine = MergeTree order by (model_id, model_version, customer_id, at)
-- A deletion (of a batch that was never settled) makes the sums of the parts it touches anew.
settings lightweight_mutation_projection_mode = 'rebuild', deduplicate_merge_projection_mode = 'rebuild';
