-- What students remember. A student is a keyed pseudonym of their user id; no names, nothing typed.

CREATE TABLE student (
    id        INTEGER PRIMARY KEY,
    pseudonym BLOB    NOT NULL UNIQUE,
    seen_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX student_seen ON student (seen_at);

-- Items are few, recalls many: a number takes the place of the item's name.
CREATE TABLE item (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- A student's rows lie side by side, so that all of them are read in a few pages; an index by due
-- date would double the store and save nothing.
CREATE TABLE recall (
    student    INTEGER NOT NULL REFERENCES student (id) ON DELETE CASCADE,
    item       INTEGER NOT NULL REFERENCES item (id),
    stability  REAL    NOT NULL CHECK (stability > 0),
    difficulty REAL    NOT NULL,
    last       INTEGER NOT NULL,
    due        INTEGER NOT NULL,
    reviews    INTEGER NOT NULL CHECK (reviews > 0),
    lapses     INTEGER NOT NULL,
    PRIMARY KEY (student, item)
) STRICT, WITHOUT ROWID;

-- The interaction is what a press delivered twice has in common with itself.
CREATE TABLE review (
    interaction INTEGER PRIMARY KEY,
    student     INTEGER NOT NULL REFERENCES student (id) ON DELETE CASCADE,
    item        INTEGER NOT NULL REFERENCES item (id),
    at          INTEGER NOT NULL,
    rating      INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 4),
    guild       INTEGER
) STRICT;

CREATE INDEX review_student ON review (student, at);
CREATE INDEX review_guild ON review (guild, at) WHERE guild IS NOT NULL;

-- Numbers are never given twice: an old button must not lead into somebody's new attempt.
CREATE TABLE attempt (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    student    INTEGER NOT NULL REFERENCES student (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL CHECK (kind IN ('quiz', 'review')),
    about      TEXT    NOT NULL,
    difficulty TEXT    NOT NULL,
    touched_at INTEGER NOT NULL,
    ended      INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX attempt_student ON attempt (student, kind);
CREATE INDEX attempt_touched ON attempt (touched_at);

CREATE TABLE attempt_step (
    attempt  INTEGER NOT NULL REFERENCES attempt (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    question TEXT    NOT NULL,
    seed     INTEGER NOT NULL,
    self     INTEGER NOT NULL CHECK (self IN (0, 1)),
    chosen   INTEGER,
    rating   INTEGER CHECK (rating BETWEEN 1 AND 4),
    PRIMARY KEY (attempt, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE reminder (
    student   INTEGER PRIMARY KEY REFERENCES student (id) ON DELETE CASCADE,
    channel   INTEGER NOT NULL UNIQUE,
    zone      TEXT    NOT NULL,
    minute    INTEGER NOT NULL CHECK (minute BETWEEN 0 AND 1439),
    next_date TEXT    NOT NULL,
    next_due  INTEGER NOT NULL
) STRICT;

CREATE INDEX reminder_due ON reminder (next_due);

-- Only here stands a user's id, by their own wish: so that one class's report can name them.
CREATE TABLE share (
    student INTEGER NOT NULL REFERENCES student (id) ON DELETE CASCADE,
    guild   INTEGER NOT NULL,
    user    INTEGER NOT NULL,
    PRIMARY KEY (student, guild)
) STRICT, WITHOUT ROWID;

CREATE INDEX share_guild ON share (guild);
