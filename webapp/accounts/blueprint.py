"""The pages for looking after accounts stand on one blueprint; the files of views share it."""

from flask import Blueprint

bp = Blueprint("accounts", __name__, template_folder="templates")
