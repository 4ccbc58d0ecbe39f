"""Two people make, publish or retire one page at the same moment: one of them does, and the other is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from tests.factories import make_staff
from tests.treatments.drafts import make_draft
from tests.treatments.editing import signed
from treatments.models import Benefit, Section, Treatment, TreatmentFacts, Unit, Version
from treatments.publishing.going_live import bring_back, publish
from treatments.publishing.making import pages
from treatments.publishing.making.pages import make_benefit, make_section, make_treatment
from treatments.publishing.making.whole import retire, unretire
from treatments.publishing.signoff import Refused

DONE = "done"


def both(*acts):
    """Do these at the same moment; returns for each 'done', or the sentence that refused it."""
    start = Barrier(len(acts))

    def play(act):
        start.wait()
        try:
            act()
        except Refused as refused:
            return refused.words
        finally:
            connections.close_all()
        return DONE

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(play, acts))


@pytest.mark.parametrize("round", range(5))
@pytest.mark.parametrize("what", ["benefit", "section of a kind", "treatment"])
def test_of_two_who_make_one_page_the_second_is_told(committed, what, round):
    first, second = make_staff("marketing"), make_staff("marketing")
    treatment = Treatment.objects.get()
    Section.objects.filter(section_kind="cost").update(section_kind="other")
    make = {
        "benefit": lambda by: make_benefit(treatment, "Enlarged pores", "enlarged-pores", by),
        "section of a kind": lambda by: make_section(treatment, "cost", "Cost", f"cost-of-{by.pk}", by),
        "treatment": lambda by: make_treatment("Chemical peel", "chemical-peel", "May help.", [], by),
    }[what]
    told = both(lambda: make(first), lambda: make(second))
    assert told.count(DONE) == 1, told
    (words,) = [each for each in told if each != DONE]
    assert "Choose a different one" in words or "at the same moment" in words or "of this kind already" in words
    made = Unit.objects.exclude(versions__events=None).filter(versions__events__kind="made")
    assert made.filter(kind=Unit.Kind.TREATMENT).count() == (what == "treatment")
    assert all(unit.versions.count() == 1 for unit in made)


def test_what_the_database_refuses_is_said_in_words(db, monkeypatch):
    """As on a database on which both looked before either wrote."""
    treatment, marketing = Treatment.objects.get(), make_staff("marketing")
    make_benefit(treatment, "Pores", "pores", marketing)
    monkeypatch.setattr(pages, "_refuse_taken", lambda *args: None)
    with pytest.raises(Refused, match="at the same moment"):
        make_benefit(treatment, "Pores", "pores", marketing)
    assert Benefit.objects.filter(slug="pores").count() == 1


@pytest.mark.parametrize("round", range(5))
def test_a_page_that_is_retired_while_somebody_publishes_it_is_not_read(committed, round):
    draft, marketing = signed(make_draft()), make_staff("marketing")
    benefit = Unit.objects.get(pk=draft.unit_id)
    told = both(lambda: retire(benefit, marketing), lambda: publish(draft, marketing))
    assert told[0] == DONE and told[1] in (
        DONE,
        "This page was retired for good. Call that off first, then publish it.",
    )
    assert not Version.objects.filter(unit_id=benefit.pk).shown_or_planned(timezone.now()).exists()


@pytest.mark.parametrize("round", range(5))
def test_a_treatment_that_is_retired_while_a_page_of_it_is_published_is_not_read(committed, round):
    draft = signed(make_draft())
    clinician, marketing = make_staff("clinician"), make_staff("marketing")
    facts = TreatmentFacts.objects.get()
    both(lambda: retire(facts, clinician), lambda: publish(draft, marketing))
    assert not Version.objects.filter(unit__treatment=facts.treatment).shown_or_planned(timezone.now()).exists()


def test_of_two_who_retire_one_page_the_second_is_told_and_changes_nothing(committed):
    scars, marketing = Benefit.objects.get(slug="scars"), make_staff("marketing")
    sections = [Section.objects.get(slug=slug) for slug in ("benefits", "cost")]
    told = both(*(lambda to=to: retire(Benefit.objects.get(pk=scars.pk), marketing, to) for to in sections))
    assert sorted(told) == ["This page was retired already.", DONE]
    scars.refresh_from_db()
    assert scars.leads_to.pk == sections[told.index(DONE)].pk
    assert scars.newest_version().events.filter(kind="retired").count() == 1


def test_of_two_who_call_a_retirement_off_the_second_is_told(committed):
    scars, marketing = Benefit.objects.get(slug="scars"), make_staff("marketing")
    version = scars.newest_version()
    retire(scars, marketing)
    retired = [Benefit.objects.get(pk=scars.pk) for _each in range(2)]
    told = both(*(lambda unit=unit: unretire(unit, marketing) for unit in retired))
    assert sorted(told) == ["This page was not retired.", DONE]
    bring_back(version, marketing)
