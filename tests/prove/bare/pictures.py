"""A picture on a page of a bare machine, and what a reader gets of it through the proxy."""

from tests.prove.bare import NAME
from tests.prove.bare.crowds import shell

KEEP = """
from io import BytesIO
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from treatments.models import Picture, Version
from treatments.pictures import keep_picture
file = BytesIO()
Image.effect_noise((800, 600), 60).save(file, "PNG")
name = keep_picture(SimpleUploadedFile("cheek.png", file.getvalue()))
version = Version.objects.first()
Picture.objects.update_or_create(
    version=version,
    key="cheek",
    defaults={"image": name, "text": "A cheek.", "consent": "Form 7", "consent_until": None},
)
print(name)
"""
END = "from treatments.models import Picture; Picture.objects.update(consent_until='2020-01-01')"
ASK = f"curl --silent --max-time 20 --cacert /etc/clinic/tls/fullchain.pem https://{NAME}"


def keep_picture(machine):
    """The name of a picture that is on a page, with consent."""
    return shell(machine, KEEP)


def end_consent(machine):
    shell(machine, END)


def check_picture_from_disk(machine):
    """The proxy sends it from the disk, as it is there, while its consent runs, and at no other address."""
    name = keep_picture(machine)
    headers = machine.run(f"{ASK}/pictures/{name} --dump-header - --output /tmp/picture").lower()
    assert " 200" in headers.splitlines()[0] and "content-type: image/webp" in headers, headers
    assert "x-accel-redirect" not in headers and "max-age=86400" in headers and "etag:" in headers, headers
    machine.run(f"cmp /tmp/picture /srv/clinic/media/pictures/{name}")
    assert status_of(machine, f"/media/pictures/{name}") == "404"
    end_consent(machine)
    assert status_of(machine, f"/pictures/{name}") == "404"


def status_of(machine, path):
    return machine.run(f"{ASK}{path} --output /dev/null --write-out '%{{http_code}}'")
