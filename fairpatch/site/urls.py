"""Which address leads where? The API, the health check, and the page for everything else."""

from django.urls import path, re_path

from fairpatch.api.root import api
from fairpatch.site import views

urlpatterns = [
    path("api/v1/", api.urls),
    path("healthz", views.check_health),
    re_path(r"^(?!api/|static/)(?P<path>.*)$", views.show_app),
]

handler404 = "fairpatch.site.views.answer_not_found"
handler500 = "fairpatch.site.views.answer_server_error"
