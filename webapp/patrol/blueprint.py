"""The pages of patrols stand on one blueprint; the files of views share it."""

from flask import Blueprint

bp = Blueprint("patrol", __name__, template_folder="templates")
