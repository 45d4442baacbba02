-- Why a reminder ended, if it did: Discord refused its last message. The row stays, so that whoever
-- wanted it can be told.
ALTER TABLE reminder ADD COLUMN ended TEXT;

DROP INDEX reminder_due;
CREATE INDEX reminder_due ON reminder (next_due) WHERE ended IS NULL;
