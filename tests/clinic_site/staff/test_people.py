"""The manager's screen of people: who works here, who comes, changes and leaves, and that a manager is always left."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.db import connections
from django.test import Client
from django.utils import timezone

from booking.models import ConsultationRequest, Event
from clinic_site.models import StaffMember, StaffSession, UnsavedWords
from clinic_site.staff.enrolment import enrolment_link
from clinic_site.staff.people.changes import NotAllowed, change_role, deactivate
from clinic_site.staff.people.open_work import colleagues_of
from clinic_site.staff.roles import ROLE_WORDS, Role, permissions_of, role_of
from clinic_site.staff.second_factor import has_second_factor, set_authenticator
from tests.factories import make_request, make_staff
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/people/"
QUERIES = 10  # of the list
LINK = re.compile(r'id="link"[^>]*value="[^"]*(/admin/enrol/[^"]+)"')


@pytest.fixture
def renee():
    return make_staff("manager", username="renee")


@pytest.fixture
def dana():
    return make_staff("frontdesk", username="dana", first_name="Dana")


@pytest.fixture
def manager(client, renee):
    sign_in(client, renee)
    return client


def change(client, member, step, **sent):
    return client.post(f"{PEOPLE}{member.pk}/{step}/", sent)


def fresh(member):
    return StaffMember.objects.get(pk=member.pk)


def signed_in(member):
    client = Client()
    sign_in(client, member)
    return client


def owned_by(member, **fields):
    consultation_request = make_request(**fields)
    ConsultationRequest.objects.filter(pk=consultation_request.pk).update(owner=member)
    return consultation_request


def test_the_bar_leads_managers_to_people_and_nobody_else(manager, as_staff):
    assert f'href="{PEOPLE}"' in manager.get("/admin/keys/").text
    for role in ("frontdesk", "marketing", "clinician"):
        assert f'href="{PEOPLE}"' not in as_staff(role).get("/admin/keys/").text


@pytest.mark.parametrize("role", ["frontdesk", "marketing", "clinician"])
def test_only_managers_see_or_change_people(as_staff, dana, role):
    client = as_staff(role)
    answers = [client.get(PEOPLE), client.get(f"{PEOPLE}{dana.pk}/"), client.post(f"{PEOPLE}add/", {"username": "x"})]
    answers += [change(client, dana, step) for step in ("reset", "role", "deactivate", "let-in", "sign-out")]
    assert {answer.status_code for answer in answers} == {403}
    assert fresh(dana).is_active


def test_everybody_is_listed_with_role_last_seen_and_second_factor(manager, renee, dana):
    set_authenticator(dana, "A" * 32)
    StaffMember.objects.filter(pk=dana.pk).update(last_login=None)
    page = manager.get(PEOPLE)
    rows = {row["member"].username: row for row in page.context["rows"]}
    assert (rows["dana"]["role"], rows["dana"]["seen_at"], rows["dana"]["has_factor"]) == (Role.FRONT_DESK, None, True)
    assert (rows["renee"]["role"], rows["renee"]["has_factor"]) == (Role.MANAGER, False)
    assert rows["renee"]["seen_at"] is not None
    assert ">never" in page.text and str(ROLE_WORDS[Role.FRONT_DESK]) in page.text


def test_where_somebody_was_seen_last_outlives_their_session(client, dana):
    sign_in(client, dana)
    before = timezone.now() - timedelta(minutes=5)
    StaffMember.objects.filter(pk=dana.pk).update(last_login=before)
    seen = []
    for _time in range(2):
        StaffSession.objects.update(seen_at=before)
        client.get("/admin/")
        seen.append(fresh(dana).seen_at)
    assert seen[0] > before + timedelta(minutes=4)
    assert seen[0] == seen[1]  # it is not written down at each click
    StaffSession.objects.all().delete()
    assert fresh(dana).last_seen == seen[0]


def test_a_person_is_added_and_their_link_is_shown_once(manager):
    sent = {"first_name": "Nora", "username": "nora", "email": "", "role": "marketing"}
    page = manager.post(f"{PEOPLE}add/", sent)
    nora = StaffMember.objects.get(username="nora")
    assert (page.status_code, str(nora), role_of(nora)) == (200, "Nora", Role.MARKETING)
    assert not nora.has_usable_password() and "no-store" in page["Cache-Control"]
    [link] = LINK.findall(page.text)
    assert Client().get(link, follow=True).status_code == 200
    assert not LINK.search(manager.get(f"{PEOPLE}{nora.pk}/").text)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"username": ""}, "Write down the name"),
        ({"username": "DANA"}, "signs in with this name already"),
        ({"role": ""}, "Choose what they may do."),
        ({"email": "nowhere"}, "valid email"),
    ],
    ids=str,
)
def test_a_person_who_is_not_written_down_well_is_not_added(manager, dana, sent, said):
    before = StaffMember.objects.count()
    page = manager.post(f"{PEOPLE}add/", {"first_name": "Nora", "username": "nora", "role": "frontdesk"} | sent)
    assert (page.status_code, said in page.text, StaffMember.objects.count()) == (422, True, before)
    assert 'value="Nora"' in page.text


def test_a_reset_ends_password_factor_sessions_and_older_links(manager, dana):
    older = enrolment_link(dana)
    set_authenticator(dana, "A" * 32)
    desk = signed_in(dana)
    page = change(manager, dana, "reset")
    assert not fresh(dana).has_usable_password() and not has_second_factor(dana)
    assert desk.get("/admin/").status_code == 302
    [link] = LINK.findall(page.text)
    works = [b"new_password1" in Client().get(address, follow=True).content for address in (link, older)]
    assert works == [True, False]


def test_a_newer_link_ends_the_one_before(manager, dana):
    links = [LINK.findall(change(manager, dana, "reset").text)[0] for _time in range(2)]
    assert [b"new_password1" in Client().get(link, follow=True).content for link in links] == [False, True]


def test_a_changed_role_holds_at_once(manager, dana):
    desk = signed_in(dana)
    assert change(manager, dana, "role", role="marketing").status_code == 302
    assert role_of(fresh(dana)) == Role.MARKETING
    assert desk.get("/admin/").status_code == 302
    assert signed_in(fresh(dana)).get("/admin/booking/consultationrequest/").status_code == 403


def test_what_a_new_role_may_not_do_goes_to_a_colleague(manager, dana):
    colleague, kept = make_staff("frontdesk"), owned_by(dana)
    refused = change(manager, dana, "role", role="marketing")
    assert (refused.status_code, role_of(fresh(dana))) == (422, Role.FRONT_DESK)
    assert "Choose who goes on with it." in refused.text
    change(manager, dana, "role", role="marketing", to=colleague.pk)
    kept.refresh_from_db()
    assert kept.owner == colleague


def test_who_may_go_on_with_their_work_keeps_it(manager, dana):
    kept = owned_by(dana)
    change(manager, dana, "role", role="manager", to="nobody")
    kept.refresh_from_db()
    assert (kept.owner, role_of(fresh(dana))) == (dana, Role.MANAGER)


def test_who_leaves_is_out_at_once_and_their_work_is_handed_over_by_name(manager, renee, dana):
    colleague, ended = make_staff("frontdesk", first_name="Omar"), owned_by(dana, email="c@patient.example")
    ConsultationRequest.objects.filter(pk=ended.pk).update(state="closed")
    asked, desk = [owned_by(dana), owned_by(dana, email="b@patient.example")], signed_in(dana)
    UnsavedWords.objects.create(owner=dana, key="0" * 32, page="/admin/", form="note", typed={}, kept_at=timezone.now())
    page = manager.get(f"{PEOPLE}{dana.pk}/").text
    assert "This goes to whom you choose: 2 open requests." in page
    assert change(manager, dana, "deactivate", to=colleague.pk).status_code == 302
    assert desk.get("/admin/").status_code == 302 and not fresh(dana).is_active
    assert not dana.unsaved_words.exists()
    for consultation_request in asked:
        consultation_request.refresh_from_db()
        line = consultation_request.timeline.last()
        assert consultation_request.owner == colleague
        assert (line.kind, line.staff, line.note) == (Event.Kind.TAKEN, renee, "Handed over from Dana to Omar.")
    ended.refresh_from_db()
    assert ended.owner == dana


def test_work_can_be_left_to_whoever_takes_it(manager, dana):
    kept = owned_by(dana)
    assert change(manager, dana, "deactivate").status_code == 422 and fresh(dana).is_active
    assert change(manager, dana, "deactivate", to=make_staff("marketing").pk).status_code == 422
    change(manager, dana, "deactivate", to="nobody")
    kept.refresh_from_db()
    assert kept.owner is None


def test_who_left_is_let_in_again_by_a_new_link_alone(manager, dana):
    older = enrolment_link(dana)
    change(manager, dana, "deactivate")
    assert b"new_password1" not in Client().get(older.partition("/admin")[1] + older.partition("/admin")[2]).content
    assert change(manager, dana, "reset").status_code == 302  # not before they are let in
    page = change(manager, dana, "let-in")
    assert fresh(dana).is_active and not fresh(dana).has_usable_password()
    assert LINK.search(page.text) and role_of(fresh(dana)) == Role.FRONT_DESK


def test_only_who_may_go_on_with_it_is_offered_work(dana):
    able = [make_staff("frontdesk"), make_staff("manager")]
    make_staff("marketing"), make_staff("clinician"), make_staff("frontdesk", is_active=False)
    assert set(colleagues_of(dana)) == set(able)


@pytest.mark.parametrize("step", ["reset", "role", "deactivate", "let-in"])
def test_no_manager_changes_their_own_rights(manager, renee, step):
    make_staff("manager")
    answer = change(manager, renee, step, role="marketing", to="nobody")
    assert answer.status_code == 302
    assert fresh(renee).is_active and fresh(renee).has_usable_password() and role_of(fresh(renee)) == Role.MANAGER


def test_who_is_a_manager_no_longer_changes_nobody(renee, dana):
    other = make_staff("manager")
    change_role(renee, other, Role.FRONT_DESK)
    with pytest.raises(NotAllowed):
        deactivate(other, dana)
    deactivate(renee, other)
    with pytest.raises(NotAllowed):
        change_role(other, renee, Role.FRONT_DESK)
    assert role_of(fresh(renee)) == Role.MANAGER and fresh(dana).is_active


def test_the_rights_are_asked_for_with_a_password_that_was_given_a_moment_ago(client, renee, dana):
    sign_in(client, renee)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0}, {"method": "mfa", "at": 0}]
    session.save()
    page = change(client, dana, "deactivate")
    assert "Your password, once more" in page.text and fresh(dana).is_active


def test_no_stock_page_changes_people_or_what_roles_may_do():
    assert not {StaffMember, Group, Permission} & set(admin.site._registry)


def test_no_stock_page_of_people_is_found_even_by_a_superuser(client):
    root = make_staff("manager", is_superuser=True)
    sign_in(client, root)
    for address in (
        "auth/group/",
        "auth/user/",
        "clinic_site/staffmember/",
        f"clinic_site/staffmember/{root.pk}/change/",
    ):
        assert client.get(f"/admin/{address}").status_code == 404


def test_the_words_of_a_role_do_not_promise_less_than_it_may_see():
    for role in Role:
        sees_requests = ("booking", "view_consultationrequest") in permissions_of(role)
        assert sees_requests != ("No request" in str(ROLE_WORDS[role]))
        signs = ("treatments", "sign_version") in permissions_of(role)
        assert signs == ("Signs copy off" in str(ROLE_WORDS[role]))


@pytest.mark.usefixtures("committed")
def test_of_two_managers_who_deactivate_each_other_at_once_one_is_left():
    pair = [make_staff("manager"), make_staff("manager")]

    def act(nth):
        try:
            deactivate(pair[nth], pair[1 - nth])
        except NotAllowed:
            return "refused"
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as threads:
        outcomes = sorted(threads.map(act, range(2)))
    assert outcomes == ["done", "refused"]
    assert [fresh(member).is_active for member in pair].count(True) == 1


def test_the_list_asks_as_much_for_many_people_as_for_one(client, renee, django_assert_num_queries):
    sign_in(client, renee)
    client.get(PEOPLE)
    with django_assert_num_queries(QUERIES):
        client.get(PEOPLE)
    for _colleague in range(7):
        make_staff("marketing")
    with django_assert_num_queries(QUERIES):
        client.get(PEOPLE)
