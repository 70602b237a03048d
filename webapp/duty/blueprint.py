"""The pages of the duty lists stand on one blueprint; the files of views share it."""

from flask import Blueprint

bp = Blueprint("duty", __name__, template_folder="templates")
