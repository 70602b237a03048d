"""Which tables the chain holds, and which are only ever added to. Every table is chained that does not stand here.

A new table is chained without a word; who wants it otherwise writes the reason down.
"""

from sqlalchemy import Table

#: Tables whose rows no link holds, each with the reason.
EXCEPT = {
    "chain_link": "the chain itself",
    "counter": "noise of every number given; what was given stands in chained rows, and verify-audit compares the two",
    "history_open": "holds a row only inside of a transaction",
    "login_session": "written at every visit of a browser; giving codes and logging in stand in the log",
    "map_layer": "drawn from the borders, which are chained, and kept under the hash of its bytes",
    "report_pair": "made from what reports say, which is chained",
    "store_identity": "says which folder belongs to it, and is another one after each restore",
    "throttle": "counts of failed log-ins, deleted after minutes",
}

#: Tables that are only added to, each with the reason: the database itself refuses UPDATE and DELETE.
APPEND_ONLY = {
    "audit_log": "the log of acts; the sweep alone deletes what is past its months",
    "boundary_edition": "what was published when",
    "chain_link": "the chain",
    "document_decision": "a decision is followed by another one, never changed",
    "object_stay": "on whose list an object stood is past, and counts with the visits of then",
    "report_attachment": "evidence stays with what it was sent for",
    "report_event": "the history of reports",
    "topic_visit": "what was seen on a round beside its objects",
    "visit": "what was seen on a round",
}


def is_vocabulary(table: Table) -> bool:
    """Whether it holds nothing but codes: those belong to the schema."""
    return table.columns.keys() == ["code"]


def is_chained(table: Table) -> bool:
    """Whether the rows of this table have leaves."""
    return table.name not in EXCEPT and not is_vocabulary(table)
