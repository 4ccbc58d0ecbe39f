"""The addresses of the one door. The library finds them by these names, and no others of it are there."""

from django.urls import path

from clinic_site.staff.enrolment import EnrolmentView, enrol_codes, enrol_factor
from clinic_site.staff.lock import locked, seen
from clinic_site.staff.sign_in import SecondStepView, SignInView

urlpatterns = [
    path("sign-in/", SignInView.as_view(), name="account_login"),
    path("sign-in/second-step/", SecondStepView.as_view(), name="mfa_authenticate"),
    path("locked/", locked, name="locked"),
    path("seen/", seen, name="seen"),
    path("enrol/authenticator/", enrol_factor, name="enrol_factor"),
    path("enrol/codes/", enrol_codes, name="enrol_codes"),
    path("enrol/<uidb64>/<token>/", EnrolmentView.as_view(), name="enrol"),
]
