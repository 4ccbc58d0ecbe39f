import re

import pytest
from django.test import Client

from tests.clinic_site.test_error_pages import KINDS, asked  # noqa: F401 - a fixture

FORM_OF_IDS = re.compile(r"[2-9a-hjkmnp-z]{4}-[2-9a-hjkmnp-z]{4}")


@pytest.mark.urls("tests.clinic_site.test_error_pages")
@pytest.mark.parametrize("kind", KINDS)
def test_an_error_page_shows_the_name_of_its_request_with_the_clinics_number(asked, kind):  # noqa: F811
    Client().get("/visit/")  # the number is known since then, and read from nowhere again
    answer = asked(kind)
    assert FORM_OF_IDS.fullmatch(answer["X-Request-ID"])
    text = " ".join(answer.text.split())
    [said] = re.findall(r"If you call us about this.*?</p>", text)
    assert answer["X-Request-ID"] in said and "tel:+1-586-555-0142" in said


@pytest.mark.django_db
def test_each_request_has_a_name_of_its_own_and_no_client_gives_it(client):
    ids = [client.get("/consultation/", headers={"x-request-id": "mine"})["X-Request-ID"] for _time in range(20)]
    assert len(set(ids)) == 20 and all(FORM_OF_IDS.fullmatch(one) for one in ids)


@pytest.mark.django_db
def test_a_published_page_that_many_get_has_no_name_of_one_request(client):
    assert "X-Request-ID" not in client.get("/treatments/microneedling/")
