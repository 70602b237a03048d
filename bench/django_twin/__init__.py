"""The peer: what an able Django developer would write for the same patrol POST, on the same rows,
with the same indexes."""
