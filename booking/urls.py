from django.urls import path

from booking import views

app_name = "booking"

urlpatterns = [
    path("", views.request_consultation, name="request"),
    path("received/<str:token>/", views.received, name="received"),
    path("r/<str:token>/", views.private_page, name="private"),
    path("find/", views.find, name="find"),
]
