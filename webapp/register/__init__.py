"""The registers: for each object one file, with what its type says of it, its stages, persons, reports and papers."""
