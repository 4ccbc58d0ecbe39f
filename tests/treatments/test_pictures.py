"""Pictures: what is kept of an upload, who may not see it any more, and how a page carries it."""

import os
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from tests.factories import make_copy, make_row, make_upload
from tests.treatments.drafts import remarks
from tests.treatments.editing import add_row, address_of, make_page, newest, page_data, row_in
from treatments.models import Benefit, Picture
from treatments.models.pictures import next_change_of_pictures
from treatments.pictures import MOST_BYTES, is_kept, keep_picture, path_of
from treatments.words.remarks import stops_of

pytestmark = [pytest.mark.django_db, pytest.mark.clock]

SCARS = "/treatments/microneedling/benefits/scars/"


def kept(name):
    """The bytes of a kept picture."""
    with default_storage.open(path_of(name)) as file:
        return file.read()


def opened(name):
    return Image.open(BytesIO(kept(name)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.timeless
def test_an_upload_is_kept_small_and_named_by_what_is_in_it(kind):
    name = keep_picture(make_upload((3000, 1500), kind))
    assert Picture(image=name).size == opened(name).size == (1280, 640)
    assert name == keep_picture(make_upload((3000, 1500), kind))
    assert opened(name).format == "WEBP"


def test_a_small_picture_is_not_made_larger():
    assert Picture(image=keep_picture(make_upload((60, 40)))).size == (60, 40)


def test_place_and_camera_are_left_out_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif[0x0112] = 6  # turned by a quarter
    exif.get_ifd(0x8825)[1] = "N"
    name = keep_picture(make_upload((60, 40), "JPEG", exif=exif))
    assert (opened(name).size, dict(opened(name).getexif())) == ((40, 60), {})
    assert b"A camera" not in kept(name)


def oversized():
    upload = make_upload()
    upload.size = MOST_BYTES + 1
    return upload


REFUSED = {
    "no picture": (lambda: SimpleUploadedFile("a.png", b"<script>alert(1)</script>"), "no picture that we can read"),
    "half a picture": (lambda: SimpleUploadedFile("a.png", make_upload().read()[:60]), "no picture that we can read"),
    "a drawing": (lambda: SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "no picture that"),
    "another kind": (lambda: make_upload(kind="GIF"), "no picture that we can read"),
    "too many bytes": (oversized, "larger than 8 MB"),
    "too many dots": (lambda: make_upload((8000, 5001)), "more than 40 million dots"),
}


@pytest.mark.parametrize(("upload", "said"), REFUSED.values(), ids=REFUSED)
@pytest.mark.timeless
def test_what_is_no_fit_picture_is_refused_in_words(upload, said):
    with pytest.raises(ValidationError, match=said):
        keep_picture(upload())


@pytest.fixture
def pictured():
    """The shipped scars page with a picture, live."""
    version = make_copy(Benefit.objects.get(slug="scars").newest_version())
    make_row(Picture, version, "cheek", image=keep_picture(make_upload()), text='A cheek & "a chin".', caption="Ours.")
    version.go_live()
    return version.pictures.get()


def test_a_page_shows_a_picture_with_its_words_and_its_size(client, pictured):
    text = client.get(SCARS).text
    assert f'src="{pictured.url}" width="60" height="40" alt="A cheek &amp; &quot;a chin&quot;."' in text
    assert "Ours." in text and pictured.consent not in text


def test_a_decorative_picture_says_nothing(client, pictured):
    Picture.objects.update(decorative=True)
    assert f'src="{pictured.url}" width="60" height="40" alt=""' in client.get(SCARS).text


def test_a_picture_can_be_fetched_and_kept_by_browsers(client, pictured):
    answer = client.get(pictured.url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "public, max-age=86400" and not answer.cookies
    assert b"".join(answer.streaming_content)[:4] == b"RIFF"


def test_a_proxy_is_told_which_picture_to_send_once_its_consent_was_asked_for(client, pictured, settings):
    settings.MEDIA_SENT_BY_PROXY = True
    answer = client.get(pictured.url)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["X-Accel-Redirect"] == f"/media/pictures/{pictured.image}"
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/webp", "public, max-age=86400")
    Picture.objects.update(consent_until=timezone.localdate() - timedelta(days=1))
    refused = client.get(pictured.url)
    assert (refused.status_code, "X-Accel-Redirect" in refused) == (404, False)


def test_whoever_may_enter_the_folder_of_all_pictures_reads_each(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    before = os.umask(0o077)  # of the units
    name = keep_picture(make_upload())
    os.umask(before)
    file = Path(default_storage.path(path_of(name)))
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o644, 0o755)


def test_a_picture_that_is_gone_from_the_disk_is_a_page_that_is_not_there(client, pictured, settings):
    settings.MEDIA_SENT_BY_PROXY = True
    default_storage.delete(path_of(pictured.image))
    assert client.get(pictured.url).status_code == 404


@pytest.mark.parametrize("name", [f"{'b' * 32}-20x10.webp", "x.webp", "..%2f..%2fdb.sqlite3", "../secret_key", ""])
@pytest.mark.timeless
def test_no_other_file_can_be_fetched(client, name):
    assert client.get(f"/pictures/{name}").status_code == 404


def test_a_picture_goes_with_its_consent_and_no_job(client, pictured, time_machine):
    last = timezone.localdate() + timedelta(days=3)
    Picture.objects.filter(pk=pictured.pk).update(consent_until=last)
    shown = []
    midnight = timezone.make_aware(timezone.datetime.combine(last + timedelta(days=1), timezone.datetime.min.time()))
    for moment in (timezone.now(), midnight - timedelta(seconds=1), midnight):
        time_machine.move_to(moment, tick=False)
        shown.append(pictured.url in client.get(SCARS).text)
    assert shown == [True, True, False]


@pytest.mark.parametrize(("days", "shown"), [(-1, False), (0, True), (1, True), (None, True)])
def test_a_picture_is_shown_on_the_last_day_of_its_consent_and_not_on_the_next(client, pictured, days, shown):
    last = None if days is None else timezone.localdate() + timedelta(days=days)
    Picture.objects.filter(pk=pictured.pk).update(consent_until=last)
    assert (pictured.url in client.get(SCARS).text) is shown
    file = client.get(pictured.url)
    file.close()
    assert file.status_code == (200 if shown else 404)


@pytest.mark.parametrize(("days", "stops"), [(-1, 1), (0, 0), (None, 0)])
def test_a_consent_stops_a_page_from_the_day_after_its_last(pictured, days, stops):
    last = None if days is None else timezone.localdate() + timedelta(days=days)
    Picture.objects.filter(pk=pictured.pk).update(consent_until=last)
    assert len(stops_of(remarks(pictured.version))) == stops


def test_the_words_of_a_page_change_at_the_midnight_after_the_first_consent_that_ends(pictured, time_machine):
    time_machine.move_to("2027-03-15T16:00Z", tick=False)
    for number, last in enumerate([date(2027, 3, 14), date(2027, 3, 15), date(2027, 3, 16), None]):
        make_row(Picture, pictured.version, f"picture-{number}", consent_until=last)
    changes = [timezone.now()]
    while change := next_change_of_pictures(changes[-1]):
        changes.append(change)
    assert [f"{timezone.localtime(change):%m-%d %H:%M}" for change in changes[1:]] == ["03-16 00:00", "03-17 00:00"]


def test_the_report_says_when_a_consent_ends(as_staff, pictured):
    desk, today = as_staff("marketing"), timezone.localdate()
    said = []
    for last in (today + timedelta(days=3), today, today - timedelta(days=1)):
        Picture.objects.filter(pk=pictured.pk).update(consent_until=last)
        said.append("loses a picture, as its consent ends" in desk.get("/admin/").text)
    assert said == [True, True, False]


def test_a_picture_is_added_on_the_page_and_travels_with_the_version(as_staff):
    client, version = as_staff("marketing"), make_page()
    sent = page_data(client.get(address_of(version)))
    add_row(sent, "picture", upload=make_upload(), text="A cheek.", consent="Form 7")
    assert client.post(address_of(version), sent).status_code == 302
    picture = newest().pictures.get()
    assert (picture.key, picture.text, is_kept(picture.image)) == ("a-cheek", "A cheek.", True)
    sent = page_data(client.get(address_of(version)))
    assert client.post(address_of(version), sent | {"summary": "Other words."}).status_code == 302
    assert newest().pictures.get().image == picture.image


def test_a_picture_stays_in_the_page_when_something_else_is_wrong(as_staff):
    client, version = as_staff("marketing"), make_page()
    sent = page_data(client.get(address_of(version)))
    add_row(sent, "picture", upload=make_upload(), text="A cheek.")
    answer = client.post(address_of(version), sent | {"title": ""})
    assert answer.status_code == 422
    again = page_data(answer) | {"title": "Softer"}
    assert client.post(address_of(version), again).status_code == 302
    assert is_kept(newest().pictures.get().image)


def test_a_file_that_is_no_picture_is_refused_on_the_page(as_staff):
    client, version = as_staff("marketing"), make_page()
    sent = page_data(client.get(address_of(version)))
    add_row(sent, "picture", upload=SimpleUploadedFile("a.png", b"none"), text="A cheek.")
    answer = client.post(address_of(version), sent)
    assert (answer.status_code, newest()) == (422, version)
    assert "This is no picture that we can read." in answer.text


@pytest.mark.parametrize("image", ["../db.sqlite3", "x", f"{'a' * 32}-1x1.webp/../../x", "javascript:alert(1)"])
@pytest.mark.timeless
def test_a_name_that_was_not_given_here_is_refused(as_staff, image):
    client, version = as_staff("marketing"), make_page()
    make_row(Picture, version, "cheek")
    sent = page_data(client.get(address_of(version)))
    answer = client.post(address_of(version), sent | {row_in(sent, "picture", "cheek") + "image": image})
    assert (answer.status_code, newest()) == (422, version)


def test_a_change_of_consent_alone_is_a_new_version(as_staff):
    client, version = as_staff("marketing"), make_page()
    make_row(Picture, version, "cheek", consent_until=date(2030, 1, 1))
    sent = page_data(client.get(address_of(version)))
    row = row_in(sent, "picture", "cheek")
    assert client.post(address_of(version), sent | {row + "consent": "Form 8"}).status_code == 302
    assert newest().pictures.get().consent == "Form 8"


def test_a_picture_cannot_be_fetched_after_its_consent_but_by_staff(client, as_staff, pictured):
    Picture.objects.filter(pk=pictured.pk).update(consent_until=timezone.localdate() - timedelta(days=1))
    assert client.get(pictured.url).status_code == 404
    answer = as_staff("marketing").get(pictured.url)
    assert (answer.status_code, b"".join(answer.streaming_content)[:4]) == (200, b"RIFF")


def test_a_picture_that_is_only_checked_is_not_kept(as_staff, pictured):
    client, unit = as_staff("marketing"), pictured.version.unit
    sent = page_data(client.get(unit.get_staff_url()))
    add_row(sent, "picture", upload=make_upload((91, 71)), text="A chin.", consent="Nobody can be seen.")
    answer = client.post(unit.get_staff_url("check"), sent)
    assert answer.status_code == 200 and "There is no picture yet" not in answer.text
    assert not any("91x71" in name for name in default_storage.listdir("pictures")[1])


def test_another_picture_in_an_old_ones_place_is_a_change(as_staff, pictured):
    client, unit = as_staff("marketing"), pictured.version.unit
    sent = page_data(client.get(unit.get_staff_url()))
    sent[row_in(sent, "picture", pictured.key) + "upload"] = make_upload((90, 70))
    assert client.post(unit.get_staff_url(), sent).status_code == 302
    groups = client.get(unit.get_staff_url()).context["groups"]
    (row,) = next(group["rows"] for group in groups if group.get("kind") == "picture")
    assert not row.is_same and row.is_open


def test_what_can_be_seen_through_becomes_white():
    file = BytesIO()
    Image.new("RGBA", (20, 10), (0, 0, 0, 0)).save(file, "PNG")
    file.seek(0)
    file.size = len(file.getvalue())
    with default_storage.open(path_of(keep_picture(file))) as kept, Image.open(kept) as picture:
        assert min(picture.convert("RGB").getpixel((5, 5))) > 250
