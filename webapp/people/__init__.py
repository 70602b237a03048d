"""People: who somebody is, what he is posted to, and which role may be given by whom."""
