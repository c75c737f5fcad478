"""The site map of accounts, and of `common`, which may not know who may see its pages."""

from django.urls import path

from accounts.permissions import public, signed_in
from accounts.views import api_keys, coming_in, members, projects
from common.views import components, health

SETTINGS = "p/<slug:slug>/settings"

urlpatterns = [
    path("", projects.home, name="home"),
    path("healthz", public(health), name="health"),
    path("components/", signed_in(components), name="components"),
    path("login/", coming_in.login, name="login"),
    path("logout/", coming_in.logout, name="logout"),
    path("account/", coming_in.account, name="account"),
    path("account/password/", coming_in.change_password, name="password_change"),
    path("account/password/changed/", coming_in.password_changed, name="password_change_done"),
    path("password-reset/", coming_in.ask_for_reset, name="password_reset"),
    path("password-reset/sent/", coming_in.reset_asked, name="password_reset_done"),
    path("password-reset/complete/", coming_in.reset_complete, name="password_reset_complete"),
    path("password-reset/<uidb64>/<token>/", coming_in.reset_password, name="password_reset_confirm"),
    path("invitations/<str:token>/", coming_in.accept_invitation, name="invitation_accept"),
    path("projects/", projects.project_list, name="project_list"),
    path("projects/new/", projects.new_project, name="project_new"),
    path("p/<slug:slug>/", projects.project_home, name="project_home"),
    path(f"{SETTINGS}/", projects.project_settings, name="project_settings"),
    path(f"{SETTINGS}/members/", members.members, name="members"),
    path(f"{SETTINGS}/members/<int:membership_id>/role/", members.role, name="member_role"),
    path(f"{SETTINGS}/members/<int:membership_id>/remove/", members.remove, name="member_remove"),
    path(f"{SETTINGS}/invitations/<int:invitation_id>/revoke/", members.revoke, name="invitation_revoke"),
    path(f"{SETTINGS}/keys/", api_keys.api_keys, name="api_keys"),
    path(f"{SETTINGS}/keys/<int:key_id>/revoke/", api_keys.revoke, name="api_key_revoke"),
]
