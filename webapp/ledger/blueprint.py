"""The pages of ledgers, under one name."""

from flask import Blueprint

bp = Blueprint("ledger", __name__, template_folder="templates")
