-- Who bought category X, who viewed product Y: the numbers and categories of an event's lines beside it, so that asking reads no JSON.
-- Made from `lines`, also for what is in the log already.
alter table event
  add column if not exists products Array(String) materialized
    arrayDistinct(arrayFilter(word -> word != '', arrayFlatten(arrayMap(line -> [JSONExtractString(line, 'sku'), JSONExtractString(line, 'productId')], JSONExtractArrayRaw(lines))))) codec(ZSTD),
  add column if not exists categories Array(String) materialized
    arrayDistinct(arrayFilter(word -> word != '', arrayMap(line -> JSONExtractString(line, 'category'), JSONExtractArrayRaw(lines)))) codec(ZSTD),
  add column if not exists brands Array(String) materialized
    arrayDistinct(arrayFilter(word -> word != '', arrayMap(line -> JSONExtractString(line, 'brand'), JSONExtractArrayRaw(lines)))) codec(ZSTD),
  -- The sender's own number of a refund: what tells two of one order apart.
  add column if not exists refund_id String materialized
    if(name = 'Order Refunded', coalesce(nullIf(JSONExtractString(properties, 'refund_id'), ''), JSONExtractString(properties, 'refundId')), '') codec(ZSTD);

-- A product is in few of many blocks; where it is not, nothing of them is read.
alter table event add index if not exists by_product products type bloom_filter(0.01) granularity 4;
