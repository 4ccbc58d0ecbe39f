from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from clinic_site import views
from clinic_site.enrolment import EnrolmentView
from clinic_site.sitemaps import ClinicSitemap
from treatments.sitemaps import GuideSitemap

sitemaps = {"guide": GuideSitemap, "clinic": ClinicSitemap}

urlpatterns = [
    path("", include("treatments.urls")),
    path("consultation/", include("booking.urls")),
    path("visit/", views.visit, name="visit"),
    path("team/", views.team, name="team"),
    path("privacy/", views.notice, {"slug": "privacy"}, name="privacy"),
    path("accessibility/", views.notice, {"slug": "accessibility"}, name="accessibility"),
    path("notices/<slug:slug>/", views.notice, name="notice"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": sitemaps}, name="django.contrib.sitemaps.views.sitemap"),
    path("admin/enrol/<uidb64>/<token>/", EnrolmentView.as_view(), name="enrol"),
    path("admin/", admin.site.urls),
]
