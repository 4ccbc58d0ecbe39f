from django.urls import path, re_path

from treatments.guide import views
from treatments.models.pictures import NAME
from treatments.publishing import preview_views

app_name = "treatments"

urlpatterns = [
    path("", views.home, name="home"),
    path("card.png", views.site_card, name="site-card"),
    path("treatments/", views.treatment_list, name="treatments"),
    path("treatments/<slug:treatment>/", views.treatment, name="treatment"),
    path("treatments/<slug:treatment>/card.png", views.page_card, name="treatment-card"),
    path("treatments/<slug:treatment>/<slug:section>/check/", views.self_check, name="self-check"),
    path("treatments/<slug:treatment>/for-you/", views.for_you, name="for-you"),
    path("treatments/<slug:treatment>/<slug:section>/preparation.ics", views.preparation_calendar, name="preparation"),
    path("treatments/<slug:treatment>/benefits/<slug:benefit>/", views.benefit, name="benefit"),
    path("treatments/<slug:treatment>/benefits/<slug:benefit>/card.png", views.page_card, name="benefit-card"),
    path("treatments/<slug:treatment>/<slug:section>/card.png", views.page_card, name="section-card"),
    path("treatments/<slug:treatment>/<slug:section>/", views.section, name="section"),
    path("preview/<str:token>/", preview_views.preview, name="preview"),
    re_path(rf"^pictures/(?P<name>{NAME})\Z", views.picture, name="picture"),
    path("search/", views.search, name="search"),
]
