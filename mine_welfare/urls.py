"""Where every address begins. Citizens' addresses are permanent; staff work under /staff/."""

from django.contrib import admin
from django.contrib.auth.views import LogoutView
from django.urls import include, path

from measures.views.dashboard import dashboard
from mine_welfare.accounts.views import ChangePasswordView, SignInView, admin_sign_in
from mine_welfare.publication import master_views, meeting_views, paper_views
from mine_welfare.publication.component import check_pdf, check_xlsx
from mine_welfare.publication.dashboard import evidence as dashboard_evidence
from mine_welfare.publication.dashboard import meetings_of
from mine_welfare.publication.gallery import gallery

staff = [
    path("", include("measures.urls")),
    path("", include("plans.urls")),
    path("", include("surveys.urls")),
    path("", include("reoffense.urls")),
    path("", include("mine_welfare.accounts.urls")),
    path("dashboard/", dashboard, {"meetings": meetings_of}, name="dashboard"),
    path("dashboard/goals/<int:number>/", dashboard_evidence, name="dashboard-evidence"),
    path("reoffense/<int:year>/check.pdf", check_pdf, name="reoffense-check-pdf"),
    path("reoffense/<int:year>/check.xlsx", check_xlsx, name="reoffense-check-xlsx"),
    path("places/", paper_views.places, name="places"),
    path("meetings/", meeting_views.meetings, name="meetings"),
    path("meetings/handed-out/", meeting_views.handed_out, name="handed-out"),
    path("meetings/<int:pk>/handed-out.pdf", meeting_views.handed_out_file, name="handed-out-file"),
    path("meetings/<int:pk>/", meeting_views.meeting, name="meeting"),
    path("meetings/<int:pk>/handouts/", meeting_views.handout_add, name="handout-add"),
    path("meetings/<int:pk>/handouts/<int:handout>/", meeting_views.handout_move, name="handout-move"),
    path("meetings/<int:pk>/handouts/<int:handout>/file.pdf", meeting_views.handout_file, name="handout-file"),
    path("meetings/<int:pk>/pack/", meeting_views.pack, name="pack"),
    path("meetings/<int:pk>/pack/<int:paper>/sent/", meeting_views.pack_sent, name="pack-sent"),
    path("papers/", paper_views.paper_list, name="papers"),
    path("papers/<int:pk>/", paper_views.paper, name="paper"),
    path("papers/<int:pk>/progress/", paper_views.paper_progress, name="paper-progress"),
    path("papers/<int:pk>/file.pdf", paper_views.paper_file, name="paper-file"),
    path("papers/<int:pk>/stop/", paper_views.paper_stop, name="paper-stop"),
    path("master/", master_views.masters, name="masters"),
    path("master/<slug:name>/", master_views.master, name="master"),
    path("master/<slug:name>/file.xlsx", master_views.master_file, name="master-file"),
    path("master/<slug:name>/send/", master_views.master_send, name="master-send"),
    path("master/<slug:name>/apply/", master_views.master_apply, name="master-apply"),
    path("components/", gallery, name="components"),
]

urlpatterns = [
    path("", include("mine_welfare.publication.urls")),
    path("", include("plans.public_urls")),
    path("", include("measures.public_urls")),
    path("", include("surveys.public_urls")),
    path("staff/", include((staff, "staff"))),
    path("accounts/login/", SignInView.as_view(), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("accounts/password/", ChangePasswordView.as_view(), name="password_change"),
    path("admin/login/", admin_sign_in),
    path("admin/", admin.site.urls),
]
