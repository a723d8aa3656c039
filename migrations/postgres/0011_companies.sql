-- Companies whose people are customers: what SDKs call a group. Both tables follow from the people's events alone, so an undone import takes its
-- companies with it; what a company's people come to (orders, money, stages) is summed up when somebody looks.

create table customer_company (
  id          bigint generated always as identity primary key,
  -- The sender's own id: groupId.
  external_id text not null unique,
  name        text,
  -- Each trait with the time and the id of the event that said it last: of all people's words on it the latest counts.
  told        jsonb not null default '{}',
  created_at  timestamptz not null
);
create index customer_company_by_name on customer_company (lower(coalesce(name, external_id)), id);
create index customer_company_search on customer_company using gin ((coalesce(name, '') || ' ' || external_id) gin_trgm_ops);

-- Who belongs to which, since when; somebody may belong to several. `told`: what this person's events said of the company, so that
-- it can be told anew when they are gone.
create table customer_company_member (
  customer_id bigint not null references customer (id) on delete cascade,
  company_id  bigint not null references customer_company (id) on delete cascade,
  joined_at   timestamptz not null,
  left_at     timestamptz,
  told        jsonb not null default '{}',
  primary key (customer_id, company_id)
);
create index customer_company_member_by_company on customer_company_member (company_id, customer_id);
