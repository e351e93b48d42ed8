"""Where every address begins. Citizens' addresses are permanent; staff work under /staff/."""

urlpatterns = []
