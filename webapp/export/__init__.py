"""Taking records out: what offices may read, as files."""
