-- Class rounds: questions asked in a channel, and what a class answered. Of an answer the choice and its
-- time are kept, nothing else.

CREATE TABLE round (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    channel    INTEGER NOT NULL,
    guild      INTEGER NOT NULL REFERENCES guild (id) ON DELETE CASCADE,
    subject    TEXT    NOT NULL,
    seconds    INTEGER NOT NULL CHECK (seconds > 0),
    podium     INTEGER NOT NULL CHECK (podium IN (0, 1)),
    -- How many questions are to be asked; a stop lowers it.
    planned    INTEGER NOT NULL CHECK (planned >= 0),
    position   INTEGER NOT NULL CHECK (position >= 0),
    phase      TEXT    NOT NULL CHECK (phase IN ('opening', 'asking', 'telling', 'closing', 'ended')),
    since      INTEGER NOT NULL,
    until      INTEGER NOT NULL,
    message    INTEGER,
    started_at INTEGER NOT NULL,
    trouble    TEXT
) STRICT;

-- One round at a time in a channel.
CREATE UNIQUE INDEX round_open ON round (channel) WHERE phase <> 'ended';
CREATE INDEX round_guild ON round (guild, started_at);

CREATE TABLE round_question (
    round    INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    question TEXT    NOT NULL,
    seed     INTEGER NOT NULL,
    choices  INTEGER NOT NULL CHECK (choices > 1),
    correct  INTEGER NOT NULL CHECK (correct BETWEEN 0 AND choices - 1),
    PRIMARY KEY (round, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE round_answer (
    round       INTEGER NOT NULL REFERENCES round (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,
    student     INTEGER NOT NULL REFERENCES student (id) ON DELETE CASCADE,
    choice      INTEGER NOT NULL,
    -- The press: the same one delivered again changes nothing.
    interaction INTEGER NOT NULL UNIQUE,
    at          INTEGER NOT NULL,
    PRIMARY KEY (round, position, student)
) STRICT;

CREATE INDEX round_answer_student ON round_answer (student);

-- Guilds in which everybody may start a round.
CREATE TABLE round_for_everyone (
    guild INTEGER PRIMARY KEY REFERENCES guild (id) ON DELETE CASCADE
) STRICT;
