"""The pages of the cards stand on one blueprint."""

from flask import Blueprint

bp = Blueprint("card", __name__, template_folder="templates")
