from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from clinic_site import views
from clinic_site.pages.sitemaps import ClinicSitemap
from treatments.sitemaps import ForYouSitemap, GuideSitemap

sitemaps = {"guide": GuideSitemap, "for-you": ForYouSitemap, "clinic": ClinicSitemap}

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
    path(".well-known/security.txt", views.security_contact, name="security_contact"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", sitemap, {"sitemaps": sitemaps}, name="django.contrib.sitemaps.views.sitemap"),
    path("admin/", include("clinic_site.staff.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "clinic_site.views.bad_request"
handler404 = "treatments.guide.gone.not_found"
handler500 = "clinic_site.views.server_error"
