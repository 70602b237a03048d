"""The invented county: people, eight weeks of rounds and reports, made through the services with a set clock."""
