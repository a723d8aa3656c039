-- A lifecycle model is live, is being made ready (what is left of an earlier time is cleared away, then everybody's history is built
-- while new events are heard already), or is off. One version of a model at most is anything but off.
alter table lifecycle_model add column state text not null default 'live' check (state in ('preparing', 'building', 'live', 'off'));
update lifecycle_model set state = 'off' where not is_live;
alter table lifecycle_model alter column state drop default;
drop index lifecycle_model_live;
alter table lifecycle_model drop column is_live;
-- Why it could not be made ready, the last time.
alter table lifecycle_model add column trouble text;
create unique index lifecycle_model_in_use on lifecycle_model (id) where state <> 'off';
