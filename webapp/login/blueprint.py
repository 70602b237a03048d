"""The blueprint of logging in, on which all its view files stand."""

from flask import Blueprint

bp = Blueprint("login", __name__, template_folder="templates")
