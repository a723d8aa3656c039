-- What is sold, as far as orders and events, files and colleagues tell; and what other currencies are worth in the company's own.

-- Known by its number: the sender's sku, else their product id. What events say and what people say are kept apart, each field with the time of its word
-- ({"name": ["Shirt", 1760000000000]}); the columns are what counts of it: a person's word before an observed one.
create table product (
  sku       text primary key,
  observed  jsonb not null default '{}',
  given     jsonb not null default '{}',
  name      text generated always as (coalesce(given -> 'name' ->> 0, observed -> 'name' ->> 0)) stored,
  category  text generated always as (coalesce(given -> 'category' ->> 0, observed -> 'category' ->> 0)) stored,
  brand     text generated always as (coalesce(given -> 'brand' ->> 0, observed -> 'brand' ->> 0)) stored,
  url       text generated always as (coalesce(given -> 'url' ->> 0, observed -> 'url' ->> 0)) stored,
  image_url text generated always as (coalesce(given -> 'imageUrl' ->> 0, observed -> 'imageUrl' ->> 0)) stored,
  -- Minor units and currency are one word: {"price": [{"amount": 1999, "currency": "EUR"}, 1760000000000]}.
  price     jsonb generated always as (coalesce(given -> 'price' -> 0, observed -> 'price' -> 0)) stored,
  cost      jsonb generated always as (given -> 'cost' -> 0) stored,
  is_active boolean generated always as (coalesce((given -> 'isActive' ->> 0)::boolean, true)) stored,
  added_at  timestamptz not null,
  changed_at timestamptz not null
);
create index product_by_category on product (category, sku);
create index product_search on product using gin ((sku || ' ' || coalesce(name, '') || ' ' || coalesce(brand, '')) gin_trgm_ops);

-- From that day on, in the company's calendar, one unit of `currency` is `rate` units of `base`, which was the company's currency when the rate was given.
create table currency_rate (
  base       text not null,
  currency   text not null,
  day        date not null,
  rate       numeric not null check (rate > 0),
  changed_at timestamptz not null,
  primary key (base, currency, day),
  check (base <> currency)
);
