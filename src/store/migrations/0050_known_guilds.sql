-- A guild is known as soon as anything of it is kept, not only once it has a schedule: else nobody
-- notices that it removed the bot, and its students' answers stay with it.
INSERT INTO guild (id)
SELECT guild FROM review WHERE guild IS NOT NULL
UNION SELECT guild FROM share WHERE true
ON CONFLICT (id) DO NOTHING;
