"""Two who change several pages at the same moment wait for one another in one order: neither is turned away."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from clinic_site.content_revision import ContentRevision
from tests.factories import make_staff
from tests.signing_in import sign_in
from tests.treatments.drafts import make_draft
from tests.treatments.editing import signed
from treatments.models import Benefit, Unit
from treatments.publishing.going_live import publish
from treatments.publishing.making.pages import make_benefit, make_treatment
from treatments.publishing.making.whole import retire
from treatments.publishing.ordering import change_address, move

pytestmark = [
    pytest.mark.usefixtures("committed"),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock, and so one order"),
]


def one_behind_the_other(held, *acts):
    """
    Hold these rows until each of the acts, begun one after the other, waits for a lock; then let them go on.

    Raises what stopped one of them, as the database does where each waits for the other.
    """

    def play(act):
        try:
            act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        with transaction.atomic():
            assert list(held.select_for_update())
            played = []
            for act in acts:
                played.append(threads.submit(play, act))
                while waiting() < len(played) and not played[-1].done():
                    pass
            assert waiting() == len(acts)
        for each in played:
            each.result()


def waiting():
    """How many other connections to this database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


@pytest.fixture
def benefits():
    """Three benefits in the order of their keys; they are read in the opposite one."""
    three = list(Benefit.objects.order_by("pk")[:3])
    for place, benefit in enumerate(reversed(three), start=1):
        Unit.objects.filter(pk=benefit.pk).update(position=place * 10)
    return [Benefit.objects.get(pk=benefit.pk) for benefit in three]


def order_of_benefits():
    return list(Benefit.objects.order_by("position").values_list("pk", flat=True))


def test_a_page_is_moved_while_another_one_is_retired(benefits):
    first, middle, last = benefits
    marketing = make_staff("marketing")
    one_behind_the_other(
        Unit.objects.filter(pk=middle.pk), lambda: move(last, "down"), lambda: retire(first, marketing)
    )
    assert order_of_benefits() == [middle.pk, last.pk, first.pk]
    assert Unit.objects.get(pk=first.pk).retired_at


def test_pages_are_put_in_order_in_the_list_while_one_is_retired(benefits):
    first, middle, last = benefits
    marketing, client = make_staff("marketing"), Client()
    sign_in(client, make_staff("marketing"))
    sent = {"form-TOTAL_FORMS": 3, "form-INITIAL_FORMS": 3, "_save": "Save"}
    for number, unit in enumerate([last, middle, first]):
        row = {"unit_ptr": unit.pk, "id": unit.pk, "position": 90 - number}
        sent |= {f"form-{number}-{name}": value for name, value in row.items()}
    one_behind_the_other(
        Unit.objects.filter(pk=middle.pk),
        lambda: client.post("/admin/treatments/benefit/", sent),
        lambda: retire(first, marketing),
    )
    assert order_of_benefits() == [first.pk, middle.pk, last.pk]
    assert Unit.objects.get(pk=first.pk).retired_at


def test_a_page_gets_another_address_while_another_one_is_retired(benefits):
    marketing = make_staff("marketing")
    one_behind_the_other(
        ContentRevision.objects.all(),
        lambda: change_address(benefits[0], "as-it-will-be"),
        lambda: retire(benefits[1], marketing),
    )
    assert Unit.objects.get(pk=benefits[0].pk).slug == "as-it-will-be"
    assert Unit.objects.get(pk=benefits[1].pk).retired_at


def test_a_page_is_published_while_one_of_another_treatment_is_retired_and_leads_there():
    draft, marketing = signed(make_draft()), make_staff("marketing")
    peel = make_treatment("Chemical peel", "chemical-peel", "May help.", [], marketing).treatment
    smoother = make_benefit(peel, "Smoother", "smoother", marketing)
    benefit = Unit.objects.get(pk=draft.unit_id)
    one_behind_the_other(
        ContentRevision.objects.all(),
        lambda: retire(smoother, marketing, leads_to=benefit),
        lambda: publish(draft, marketing),
    )
    assert Unit.objects.get(pk=smoother.pk).leads_to == benefit
    draft.refresh_from_db()
    assert draft.state == draft.State.LIVE
