-- Who may do what, and who did: colleagues, their sessions and keys, the trail of their acts; and the one company all of this belongs to.

-- A colleague who signs in. Without a password they have been invited and have not yet answered.
create table user_account (
  id            bigint generated always as identity primary key,
  email         text not null,
  name          text not null,
  role          text not null,
  -- PHC string ($argon2id$v=19$…): carries its own parameters, so they can be raised later.
  password_hash text,
  is_active     boolean not null default true,
  created_at    timestamptz not null,
  last_seen_at  timestamptz
);
create unique index user_account_by_email on user_account (lower(email));

-- The cookie holds the token, the table its SHA-256: whoever reads the table cannot sign in with it.
create table session (
  id           bigint generated always as identity primary key,
  token_hash   bytea not null unique,
  user_id      bigint not null references user_account (id) on delete cascade,
  created_at   timestamptz not null,
  last_seen_at timestamptz not null,
  address      text,
  agent        text
);
create index session_by_user on session (user_id);

-- A one-time link by which someone chooses a password: the first account (no user yet), an invitation, or a new password.
create table account_link (
  token_hash bytea primary key,
  user_id    bigint unique references user_account (id) on delete cascade,
  created_at timestamptz not null,
  -- Null: the link of the first account, good until it is used or another one is printed.
  expires_at timestamptz
);
create unique index account_link_first on account_link ((user_id is null)) where user_id is null;

-- Keys of programs. `shown` is what people may see of it again: its beginning and its last four characters.
create table api_key (
  id           bigint generated always as identity primary key,
  kind         text not null check (kind in ('write', 'secret')),
  name         text not null,
  -- What a secret key may do; a write key has none.
  role         text check ((kind = 'secret') = (role is not null)),
  token_hash   bytea not null unique,
  shown        text not null,
  created_at   timestamptz not null,
  last_used_at timestamptz,
  revoked_at   timestamptz
);

-- Tries at signing in, counted per account and per address (as a hash: people type passwords into the wrong field).
create table sign_in_tries (
  subject bytea primary key,
  tries   int not null,
  since   timestamptz not null
);
create index sign_in_tries_by_age on sign_in_tries (since);

-- Who did what, from where. Rows are added and read, nothing else.
create table audit_entry (
  id         bigint generated always as identity primary key,
  at         timestamptz not null,
  who_kind   text not null check (who_kind in ('user', 'key', 'system', 'nobody')),
  who_id     bigint,
  -- Their email or the key's name at that time: the trail stays readable when the account is gone.
  who        text not null,
  action     text not null,
  subject    text not null,
  detail     jsonb not null default '{}',
  address    text,
  request_id text
);
create index audit_entry_by_action on audit_entry (action, at desc);

create function audit_entry_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only';
end
$$;
create trigger audit_entry_stays before update or delete or truncate on audit_entry
  for each statement execute function audit_entry_is_append_only();

-- One installation serves one company: one row.
create table company (
  id         boolean primary key default true check (id),
  name       text not null,
  time_zone  text not null,
  currency   text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
