"""The process engine: laws that every process keeps, the report's own laws, and a process that is no report."""
