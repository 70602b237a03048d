"""The ledger of a period (周台账): what was patrolled, found and handled in a grid, made of the records and typed by
nobody; and ledgers as they were handed in.
"""
