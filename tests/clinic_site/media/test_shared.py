"""MEDIA_STORE; what a real store keeps and gives is shown by `make prove ARGS=many-machines`."""

import pytest
from django.core.exceptions import ValidationError

from clinic_site.health.checks import Level, findings
from clinic_site.media.address import store_at
from tests.factories import make_row, make_upload
from tests.site import free_port
from tests.treatments.editing import make_page
from treatments.models import Picture
from treatments.pictures import keep_picture


@pytest.fixture
def store_away(settings):
    """A store that nobody answers for."""
    options = store_at(f"s3+http://key:secret@127.0.0.1:{free_port()}/clinic")
    shared = {"BACKEND": "clinic_site.media.shared.SharedMedia", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": shared}


def test_an_address_is_taken_apart():
    assert store_at("s3://key:p%40ss@s3.example:9000/clinic-pictures?region=us-east-2") == {
        "access_key": "key",
        "secret_key": "p@ss",
        "bucket_name": "clinic-pictures",
        "endpoint_url": "https://s3.example:9000",
        "region_name": "us-east-2",
    }


def test_a_store_is_asked_in_clear_within_a_private_network_alone():
    assert store_at("s3+http://key:secret@10.0.0.9:9000/clinic")["endpoint_url"] == "http://10.0.0.9:9000"
    with pytest.raises(ValueError, match="in clear"):
        store_at("s3+http://key:secret@93.184.216.34/clinic")


@pytest.mark.django_db
def test_a_store_that_is_away_costs_a_picture_and_nothing_else(client, store_away):
    picture = make_row(Picture, make_page(), image=f"{'a' * 32}-60x40.webp", text="A cheek.", consent="Form 7")
    asked = client.get(f"/pictures/{picture.image}")
    assert (asked.status_code, asked["Retry-After"]) == (503, "10")
    with pytest.raises(ValidationError, match="save again"):
        keep_picture(make_upload())
    said = {finding.name: finding.words for finding in findings(Level.TROUBLE)}["pictures"]
    assert said.startswith(
        "Pictures are not shown, as the store of MEDIA_STORE does not answer (EndpointConnectionError)"
    )
