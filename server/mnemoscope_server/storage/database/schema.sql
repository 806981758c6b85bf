CREATE TABLE IF NOT EXISTS expired ( id TEXT, expires TEXT NOT NULL, PRIMARY KEY (id) );
CREATE TABLE IF NOT EXISTS live ( id TEXT, engine TEXT NOT NULL, keeper TEXT NOT NULL, owner TEXT NOT NULL, client TEXT NOT NULL, beat FLOAT NOT NULL, watched FLOAT NOT NULL, seat TEXT, wheel TEXT, PRIMARY KEY (id) );
CREATE TABLE IF NOT EXISTS recordings ( id TEXT, title TEXT NOT NULL, task TEXT NOT NULL, models TEXT NOT NULL, steps INTEGER NOT NULL, status TEXT NOT NULL, created TEXT NOT NULL, bytes INTEGER NOT NULL, visibility TEXT NOT NULL, expires TEXT, owner TEXT NOT NULL, modified INTEGER DEFAULT 0 NOT NULL, blob TEXT DEFAULT '' NOT NULL, PRIMARY KEY (id) );
CREATE INDEX IF NOT EXISTS recordings_created ON recordings (created);
PRAGMA user_version = 6;
