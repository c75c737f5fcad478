"""URLs of the map of all failures."""

from django.urls import path

from issues.urls.paths import ISSUES
from issues.views import mapped

MAP = f"{ISSUES}/map"

urlpatterns = [
    path(f"{MAP}/", mapped.failure_map, name="failure_map"),
    path(f"{MAP}/points/", mapped.points, name="map_points"),
    path(f"{MAP}/notes/", mapped.notes, name="map_notes"),
    path(f"{MAP}/place/", mapped.place, name="map_place"),
    path(f"{MAP}/undo/<int:decision_id>/", mapped.undo, name="map_undo"),
]
