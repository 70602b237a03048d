"""Looking after accounts: people, their postings, bodies, slips of paper and sheets."""
