"""Addresses: the same as ours."""

from django.contrib.auth.views import LoginView
from django.urls import path

from . import views

urlpatterns = [
    path("healthz", views.alive),
    path("login", LoginView.as_view(template_name="twin/login.html")),
    path("patrols", views.receive),
]
