-- How much of the story a lesson tells: "highlights" or "all". Replays that were started before told all of it.
ALTER TABLE replay ADD COLUMN detail TEXT NOT NULL DEFAULT 'all';
