"""Addresses of the shell."""

from django.urls import path

from tenglong.web import views
from tenglong.web.views import figures, personal, workbench

app_name = "web"
urlpatterns = [
    path("", workbench.show, name="workbench"),
    path("language/", views.language, name="language"),
    *figures.list_urls,  # before the record page, which would take “export” for a number
    path("figures/<str:number>/", figures.show, name="figure"),
    path("list/filters/", personal.save_filter, name="filter-save"),
    path("list/filters/<int:pk>/drop/", personal.drop_filter, name="filter-drop"),
    path("list/columns/", personal.choose_columns, name="columns"),
]
