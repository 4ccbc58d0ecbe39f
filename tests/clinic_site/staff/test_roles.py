import pytest
from django.contrib.auth.models import Group

from clinic_site.apps import ClinicSiteConfig
from clinic_site.staff.roles import Role, permissions_of, set_up_roles
from tests.factories import make_request, make_staff
from treatments.models import Benefit, Passage, Version

pytestmark = pytest.mark.django_db

COPY = ["benefit", "section", "source", "term", "treatmentfacts", "version"]
SEARCH = ["missedsearch", "synonym"]
CLINIC = ["banner", "clinic", "closedday", "limits", "notice", "openinghours", "teammember"]
DESK = ["clinician", "consultationrequest", "opentime", "outboxmail", "preparedanswer"]

# Each role's whole set: action, app and models.
MADE = ["source", "term", "synonym", "treatmentfacts", "section", "benefit"]
GRANTED = {
    "frontdesk": [
        ("view", "booking", ["absence", *DESK]),
        ("change", "booking", ["consultationrequest", "opentime"]),
        ("count", "booking", ["consultationrequest"]),
        *((action, "clinic_site", ["banner"]) for action in ("view", "add", "change", "delete")),
    ],
    "marketing": [
        ("view", "treatments", [*COPY, *SEARCH]),
        ("change", "treatments", [*COPY, "synonym"]),
        ("add", "treatments", MADE),
        ("count", "booking", ["consultationrequest"]),
    ],
    "clinician": [
        ("view", "treatments", COPY),
        ("sign", "treatments", ["version"]),
        ("view", "booking", ["consultationrequest", "opentime"]),
        ("advise", "booking", ["consultationrequest"]),
    ],
    "manager": [
        ("view", "treatments", [*COPY, *SEARCH]),
        ("change", "treatments", [*COPY, "synonym"]),
        ("add", "treatments", MADE),
        ("view", "booking", ["absence", *DESK]),
        ("change", "booking", ["clinician", "consultationrequest", "opentime", "preparedanswer"]),
        ("count", "booking", ["consultationrequest"]),
        ("add", "booking", ["absence", "clinician", "preparedanswer"]),
        ("delete", "booking", ["absence", "preparedanswer"]),
        ("view", "clinic_site", [*CLINIC, "auditentry"]),
        ("change", "clinic_site", [*CLINIC, "staffmember"]),
        ("add", "clinic_site", CLINIC),
        ("delete", "clinic_site", ["banner", "closedday", "openinghours", "teammember"]),
    ],
}
COPY_LISTS = ["source", "term", "treatmentfacts", "section", "benefit"]  # as the index names them: versions are behind
CLINIC_LISTS = ["banner", "clinic", "limits", "notice", "teammember"]  # hours and closed days have a page of their own
ON_THE_INDEX = {
    "frontdesk": {"clinic_site": ["banner"], "booking": DESK},
    "marketing": {"treatments": [*COPY_LISTS, *SEARCH]},
    "clinician": {"treatments": COPY_LISTS, "booking": ["consultationrequest", "opentime"]},
    "manager": {
        "treatments": [*COPY_LISTS, *SEARCH],
        "booking": DESK,
        "clinic_site": CLINIC_LISTS,
    },
}


def in_words(granted):
    return {f"{app}.{action}_{model}" for action, app, models in granted for model in models}


def addresses(folder, *names):
    return [f"/admin/{folder}/{name}/" for name in names]


def test_there_are_four_roles():
    assert sorted(Role.values) == sorted(GRANTED)
    assert sorted(Group.objects.values_list("name", flat=True)) == ["Clinician", "Front desk", "Manager", "Marketing"]


@pytest.mark.parametrize("role", GRANTED)
def test_a_role_holds_exactly_these_permissions(role):
    member = make_staff(role)
    assert member.get_all_permissions() == in_words(GRANTED[role])
    assert (member.is_staff, member.is_superuser) == (True, False)


def test_setting_up_again_takes_back_what_was_added_by_hand():
    desk = Group.objects.get(name="Front desk")
    desk.permissions.set(Group.objects.get(name="Manager").permissions.all())
    set_up_roles()
    granted = {f"{p.content_type.app_label}.{p.codename}" for p in desk.permissions.select_related("content_type")}
    assert granted == in_words(GRANTED["frontdesk"])


def test_a_permission_that_does_not_exist_is_not_passed_over(monkeypatch):
    monkeypatch.setattr(ClinicSiteConfig, "staff_permissions", {"manager": {"view": ["clinics"]}})
    with pytest.raises(LookupError, match="view_clinics"):
        set_up_roles()


def test_nobody_may_delete_a_request_or_a_word():
    granted = {codename for role in Role for _app, codename in permissions_of(role)}
    deletes = {codename for codename in granted if codename.startswith("delete")}
    kept = {"absence", "banner", "closedday", "openinghours", "preparedanswer", "teammember"}
    assert deletes == {f"delete_{name}" for name in kept}


@pytest.mark.parametrize("role", GRANTED)
def test_the_index_shows_a_role_its_own_work_and_no_more(as_staff, role):
    shown = as_staff(role).get("/admin/").context["available_apps"]
    lists = {app["app_label"]: sorted(model["model"]._meta.model_name for model in app["models"]) for app in shown}
    assert lists == {app: sorted(models) for app, models in ON_THE_INDEX[role].items()}


@pytest.mark.parametrize("role", GRANTED)
def test_a_list_is_refused_to_every_role_whose_work_it_is_not(as_staff, role):
    client = as_staff(role)
    every = [*addresses("booking", "consultationrequest"), *addresses("treatments", *COPY_LISTS)]
    every += addresses("clinic_site", *CLINIC_LISTS)
    own = [address for app, names in ON_THE_INDEX[role].items() for address in addresses(app, *names)]
    answers = {address: client.get(address).status_code for address in every}
    assert answers == {address: 200 if address in own else 403 for address in every}


def test_marketing_cannot_open_a_request(as_staff):
    consultation_request = make_request(concern="Pockmarks", name="Amira Haddad")
    answer = as_staff("marketing").get(f"/admin/booking/consultationrequest/{consultation_request.pk}/change/")
    assert answer.status_code == 403
    assert "Amira" not in answer.text and "Pockmarks" not in answer.text


def test_marketing_cannot_move_a_request(as_staff):
    consultation_request = make_request()
    answer = as_staff("marketing").post(
        f"/admin/booking/consultationrequest/{consultation_request.pk}/do/step/", {"state": "declined"}
    )
    consultation_request.refresh_from_db()
    assert (answer.status_code, consultation_request.state) == (403, "received")


def test_the_front_desk_cannot_change_copy(as_staff):
    client, address = as_staff("frontdesk"), Benefit.objects.get(slug="scars").get_staff_url()
    before = list(Version.objects.values()), list(Passage.objects.values())
    assert (client.get(address).status_code, client.post(address, {"title": "Gone"}).status_code) == (403, 403)
    assert (list(Version.objects.values()), list(Passage.objects.values())) == before


@pytest.mark.parametrize("role", ["frontdesk", "marketing", "clinician"])
def test_only_the_manager_changes_the_clinic_profile(as_staff, role):
    client = as_staff(role)
    address = "/admin/clinic_site/clinic/1/change/"
    assert (client.get(address).status_code, client.post(address, {"name": "Gone"}).status_code) == (403, 403)


def test_the_manager_cannot_add_a_second_profile(as_staff):
    assert as_staff("manager").get("/admin/clinic_site/clinic/add/").status_code == 403


def test_the_manager_cannot_delete_a_notice_or_the_profile(as_staff):
    client = as_staff("manager")
    addresses = ["/admin/clinic_site/clinic/1/delete/", "/admin/clinic_site/notice/1/delete/"]
    assert [client.post(address, {"post": "yes"}).status_code for address in addresses] == [403, 403]


def test_somebody_without_an_account_is_sent_to_sign_in(client):
    answer = client.get("/admin/booking/consultationrequest/")
    assert (answer.status_code, answer["Location"]) == (
        302,
        "/admin/login/?next=/admin/booking/consultationrequest/",
    )
