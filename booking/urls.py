from django.urls import path

from booking import private_views, views

app_name = "booking"

urlpatterns = [
    path("", views.request_consultation, name="request"),
    path("received/<str:token>/", views.received, name="received"),
    path("r/<str:token>/", private_views.private_page, name="private"),
    path("r/<str:token>/consultation.ics", private_views.calendar_file, name="calendar_file"),
    path("feed/<str:token>.ics", private_views.feed, name="feed"),
    path("find/", views.find, name="find"),
]
