"""What a seed row says, held against what its lines say: laws of content, one file per kind of law.

``laws.py`` is the table of all laws. The words they look for, the readings they compare with and the rows that are
excused, each with its reason, are data: words.csv, tiers.csv, counts.csv and exceptions.csv beside the code.
"""
