"""Pictures in an S3-compatible store, which all web servers and workers share. Readers never hear of it."""

from functools import wraps

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

WAITS = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2}, s3={"addressing_style": "path"})


class StoreAway(OSError):
    """The store did not answer, or refused."""


def told(method):
    """What the store's library raises, as an OSError that names no key and no address."""

    @wraps(method)
    def telling(*arguments, **named):
        try:
            return method(*arguments, **named)
        except (BotoCoreError, ClientError) as error:
            raise StoreAway(f"the store of MEDIA_STORE does not answer ({_kind_of(error)})") from error

    return telling


def _kind_of(error):
    return error.response["Error"].get("Code", "") if isinstance(error, ClientError) else type(error).__name__


class SharedMedia(S3Storage):
    """Objects are private: whoever reads one has asked our own address, which asks for consent first."""

    def __init__(self, **options):
        super().__init__(**options, client_config=WAITS, default_acl=None, querystring_auth=False)

    @told
    def _open(self, name, mode="rb"):
        opened = super()._open(name, mode)
        _at_once = opened.file  # so that trouble shows here, and not half-way through an answer
        return opened

    @told
    def _save(self, name, content):
        return super()._save(name, content)

    @told
    def delete(self, name):
        super().delete(name)

    @told
    def exists(self, name):
        return super().exists(name)

    @told
    def listdir(self, name):
        return super().listdir(name)

    @told
    def look(self):
        """Raises StoreAway where the bucket cannot be read."""
        self.connection.meta.client.list_objects_v2(Bucket=self.bucket_name, MaxKeys=1)
