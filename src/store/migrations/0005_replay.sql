-- A replay's progress: one a channel. Its posts are rows of delivery (subject replay:<step>).

CREATE TABLE replay (
    channel       INTEGER PRIMARY KEY,
    guild         INTEGER NOT NULL REFERENCES guild (id) ON DELETE CASCADE,
    first_day     TEXT    NOT NULL,
    last_day      TEXT    NOT NULL,
    -- A lesson has seconds, a replay as it happened has a year.
    seconds       INTEGER CHECK (seconds > 0),
    year          INTEGER,
    zone          TEXT    NOT NULL,
    speed         INTEGER NOT NULL CHECK (speed > 0),
    started_at    INTEGER NOT NULL,
    told_from     INTEGER NOT NULL,
    position      INTEGER NOT NULL,
    next_step     TEXT    NOT NULL,
    next_at       INTEGER NOT NULL,
    last_date     TEXT,
    last_sequence INTEGER,
    state         TEXT    NOT NULL CHECK (state IN ('running', 'paused', 'stopped', 'ended')),
    paused        TEXT,
    CHECK ((seconds IS NULL) <> (year IS NULL)),
    CHECK ((last_date IS NULL) = (last_sequence IS NULL)),
    CHECK ((state = 'paused') = (paused IS NOT NULL))
) STRICT;

CREATE INDEX replay_due ON replay (next_at) WHERE state = 'running';
CREATE INDEX replay_guild ON replay (guild);
