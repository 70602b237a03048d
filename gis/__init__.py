"""Pure functions on shapes: shapes in, shapes and findings out; no Flask, no database, no files of ours."""
