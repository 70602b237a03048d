"""Operations: what looks after the records from outside the pages. Backup, revisions, seeding, sweep, verification."""
