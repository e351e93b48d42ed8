"""Where every address begins. Citizens' addresses are permanent; staff work under /staff/."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from mine_welfare.accounts.views import ChangePasswordView, SignInView, admin_sign_in
from mine_welfare.publication.gallery import gallery
from mine_welfare.publication.health import healthz

staff = [
    path("", include("measures.urls")),
    path("", include("plans.urls")),
    path("", include("mine_welfare.accounts.urls")),
    path("components/", gallery, name="components"),
]

urlpatterns = [
    path("", include("mine_welfare.publication.urls")),
    path("", include("plans.public_urls")),
    path("", include("measures.public_urls")),
    path("staff/", include((staff, "staff"))),
    path("accounts/login/", SignInView.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("accounts/password/", ChangePasswordView.as_view(), name="password_change"),
    path("admin/login/", admin_sign_in),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]
