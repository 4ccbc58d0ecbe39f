"""Backups and restores of pictures that are in an S3-compatible store."""

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from moto.server import ThreadedMotoServer

from clinic_site.keeping.archive import BackupError
from clinic_site.keeping.backing_up import back_up
from clinic_site.keeping.restoring import restore
from clinic_site.media.address import store_at


@pytest.fixture(scope="module")
def server():
    """The number and port of a store that runs."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"{host}:{port}"
    running.stop()


@pytest.fixture
def use_bucket(installation, server, settings):
    """A function that makes an empty bucket the place of all pictures."""

    def use(bucket):
        options = store_at(f"s3+http://key:secret@{server}/{bucket}")
        names = {"endpoint_url": options["endpoint_url"], "region_name": options["region_name"]}
        client = boto3.client("s3", aws_access_key_id="key", aws_secret_access_key="secret", **names)
        client.create_bucket(Bucket=bucket)
        for found in client.list_objects_v2(Bucket=bucket).get("Contents", []):
            client.delete_object(Bucket=bucket, Key=found["Key"])
        shared = {"BACKEND": "clinic_site.media.shared.SharedMedia", "OPTIONS": options}
        settings.STORAGES = settings.STORAGES | {"default": shared}

    return use


def content_of(name):
    with default_storage.open(name) as file:
        return file.read()


@pytest.fixture
def backup(use_bucket, backups):
    """A backup with a picture from a store."""
    use_bucket("first")
    default_storage.save("pictures/large.webp", ContentFile(bytes(range(256)) * 20_000))
    return back_up(backups / "clinic.backup")


def test_pictures_of_a_store_are_in_a_backup_and_come_back_to_a_store(backup, use_bucket, move_to_empty_place):
    move_to_empty_place()
    use_bucket("second")
    assert restore(backup).media == 1
    assert content_of("pictures/large.webp") == bytes(range(256)) * 20_000


def test_pictures_move_from_files_to_a_store_by_a_backup(installation, backups, use_bucket, move_to_empty_place):
    path = back_up(backups / "clinic.backup")
    move_to_empty_place()
    use_bucket("first")
    assert restore(path).media == 1
    assert content_of("pictures/cheek.webp") == bytes(range(256)) * 1000


def test_a_store_that_holds_pictures_is_not_restored_into(backup, use_bucket, move_to_empty_place):
    move_to_empty_place()
    with pytest.raises(BackupError, match="as there are files in the store of MEDIA_STORE: move them away"):
        restore(backup)


def test_without_its_store_no_backup_is_made(backup, backups, settings):
    options = settings.STORAGES["default"]["OPTIONS"] | {"bucket_name": "nowhere"}
    settings.STORAGES = settings.STORAGES | {"default": settings.STORAGES["default"] | {"OPTIONS": options}}
    with pytest.raises(BackupError, match=r"the store of MEDIA_STORE does not answer \(NoSuchBucket\)"):
        back_up(backups / "another.backup")
    assert [file.name for file in backups.glob("another*")] == []
