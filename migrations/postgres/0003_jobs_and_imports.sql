-- Long work that survives the process that does it, and the files of orders that are brought in by it.

-- A job is done by one worker at a time and says how far it has come; when the worker is gone its jobs are free for the others at once.
create table job (
  id               bigint generated always as identity primary key,
  kind             text not null,
  -- What it works on. There is never more than one unfinished job on the same subject.
  subject          text not null,
  state            text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  -- 0 … 1, and where and when the present piece of work began, to tell how long the rest will take.
  progress         real not null default 0,
  progress_from    real not null default 0,
  progress_since   timestamptz not null,
  -- Where to go on: moved in the transaction that has the work up to there.
  cursor           jsonb not null default '{}',
  is_cancelled     boolean not null default false,
  owner            uuid references worker (id) on delete set null,
  -- Tries since the cursor last moved. A job that gets no further is given up.
  attempts         int not null default 0,
  not_before       timestamptz not null,
  error            text,
  created_at       timestamptz not null,
  finished_at      timestamptz
);
create unique index job_unfinished on job (subject) where state in ('waiting', 'running');
create index job_open on job (id) where state in ('waiting', 'running');
create index job_by_owner on job (owner) where owner is not null;

-- A file of orders, from the upload until it is forgotten.
create table import (
  id          int generated always as identity primary key,
  kind        text not null,
  file_name   text not null,
  -- Name within the uploads folder; null once the file is no longer needed.
  file        text,
  bytes       bigint not null,
  state       text not null,
  recognised  text,
  mapping     jsonb not null,
  -- What the file's first rows look like and what they leave open: columns, questions, preview.
  looks       jsonb not null,
  -- The number of the latest reading of the file; what earlier readings left behind no longer counts.
  run         int not null default 0,
  -- The instant that counts as now for this reading, so that reading on after a crash gives the same.
  read_at     timestamptz,
  -- Where its events come from in the log; null until the first were handed in.
  source_id   int references source (id),
  counts      jsonb,
  -- How many events that reading made.
  events      int not null default 0,
  error       text,
  created_at  timestamptz not null,
  finished_at timestamptz,
  created_by  text
);
create unique index import_sample on import (kind) where kind = 'sample' and state <> 'undone';
