"""Where the rows of the index are: in one SQLite file of the data folder, or in a PostgreSQL that several servers share."""
