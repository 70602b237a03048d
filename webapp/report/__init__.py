"""Reports: from what somebody found to the closing. ``workflow.py`` is the whole process on one page."""
