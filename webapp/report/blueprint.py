"""The pages of reports stand on one blueprint; the files of views share it."""

from flask import Blueprint

bp = Blueprint("report", __name__, template_folder="templates")
