from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import include, path


@login_not_required
def bare(request):
    """The least Django can answer, through the portal's own middleware."""
    return HttpResponse("ok")


urlpatterns = [path("bench/bare/", bare), path("", include("mine_welfare.urls"))]
