"""What every domain stands on and no domain words: database, clock, calendar, text tables, files, audit, errors."""
