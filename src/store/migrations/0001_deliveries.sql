-- Instants are whole seconds since 1970 (UTC), civil dates ISO text, Discord's ids the same 64 bits.

CREATE TABLE fact (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A guild is only known once it has a schedule; left_at counts the days until its data goes.
CREATE TABLE guild (
    id      INTEGER PRIMARY KEY,
    left_at INTEGER
) STRICT;

CREATE TABLE schedule (
    channel      INTEGER PRIMARY KEY,
    guild        INTEGER NOT NULL REFERENCES guild (id) ON DELETE CASCADE,
    zone         TEXT    NOT NULL,
    minute       INTEGER NOT NULL CHECK (minute BETWEEN 0 AND 1439),
    quiet        TEXT    NOT NULL,
    question     INTEGER NOT NULL CHECK (question IN (0, 1)),
    picture      INTEGER NOT NULL CHECK (picture IN (0, 1)),
    catch_up     INTEGER NOT NULL CHECK (catch_up > 0),
    set_at       INTEGER NOT NULL,
    next_date    TEXT    NOT NULL,
    next_due     INTEGER NOT NULL,
    paused       TEXT,
    resting_until TEXT
) STRICT;

CREATE INDEX schedule_due ON schedule (next_due, set_at, channel) WHERE paused IS NULL;
CREATE INDEX schedule_guild ON schedule (guild);

CREATE TABLE delivery (
    channel      INTEGER NOT NULL,
    date         TEXT    NOT NULL,
    sequence     INTEGER NOT NULL CHECK (sequence BETWEEN 0 AND 9999),
    guild        INTEGER NOT NULL,
    subject      TEXT    NOT NULL,
    state        TEXT    NOT NULL CHECK (state IN ('due', 'sending', 'sent', 'skipped', 'missed', 'held')),
    reason       TEXT,
    due_at       INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    doubt_since  INTEGER,
    not_before   INTEGER NOT NULL,
    lease_until  INTEGER NOT NULL DEFAULT 0,
    message      INTEGER,
    decided_at   INTEGER,
    PRIMARY KEY (channel, date, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_open ON delivery (MAX(not_before, lease_until), channel) WHERE state IN ('due', 'sending');
CREATE INDEX delivery_guild ON delivery (guild);
