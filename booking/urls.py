from django.urls import path

from booking.patient import private_views, request_views

app_name = "booking"

urlpatterns = [
    path("", request_views.request_consultation, name="request"),
    path("received/<str:token>/", request_views.received, name="received"),
    path("r/<str:token>/", private_views.private_page, name="private"),
    path("r/<str:token>/consultation.ics", private_views.calendar_file, name="calendar_file"),
    path("feed/<str:token>.ics", private_views.feed, name="feed"),
    path("find/", request_views.find, name="find"),
]
