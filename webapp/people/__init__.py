"""People, the bodies they act for, their dated postings, and how they log in."""
