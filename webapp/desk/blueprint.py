"""The pages of desks stand on one blueprint; the files of views share it."""

from flask import Blueprint

bp = Blueprint("desk", __name__, template_folder="templates")
