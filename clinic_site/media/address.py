"""MEDIA_STORE: the address of a store that several machines share."""

import re
from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def store_at(url):
    """What an address such as s3://KEY:SECRET@HOST/BUCKET?region=us-east-1 says; raises ValueError."""
    parts = urlsplit(url)  # of a port that is none, ValueError speaks by itself
    bucket = parts.path.strip("/")
    if parts.scheme not in ("s3", "s3+http") or not (parts.hostname and parts.username and parts.password):
        raise ValueError("must be an address like s3://KEY:SECRET@HOST/BUCKET")
    if not BUCKET.fullmatch(bucket):
        raise ValueError("names no bucket: end it with /BUCKET")
    if parts.scheme == "s3+http" and not is_private(parts.hostname):
        raise ValueError("is read in clear on its way: use s3://, or the address of a private network")
    place = parts.hostname if parts.port is None else f"{parts.hostname}:{parts.port}"
    return {
        "access_key": unquote(parts.username),
        "secret_key": unquote(parts.password),
        "bucket_name": bucket,
        "endpoint_url": f"{'https' if parts.scheme == 's3' else 'http'}://{place}",
        "region_name": parse_qs(parts.query).get("region", ["us-east-1"])[0],
    }


def is_private(host):
    """Whether it is the number of a machine that nobody outside reaches."""
    try:
        return host == "localhost" or ip_address(host).is_private
    except ValueError:  # a name
        return False
