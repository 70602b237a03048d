"""Nothing that was answered is lost, doubled or half there: kills, twins and the order of writing,
each with its mutant."""
