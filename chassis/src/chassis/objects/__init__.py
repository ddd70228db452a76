"""The object store: media and big documents, by key."""

from chassis.objects.disk import DiskStore
from chassis.objects.protocol import (
    KeyInvalid,
    ObjectInfo,
    ObjectMissing,
    ObjectStore,
    check_key,
)
from chassis.settings import ServiceSettings

__all__ = [
    "DiskStore",
    "KeyInvalid",
    "ObjectInfo",
    "ObjectMissing",
    "ObjectStore",
    "check_key",
    "open_store",
]


def open_store(settings: ServiceSettings) -> ObjectStore:
    """Return the store that the settings choose; nothing is connected yet."""
    if settings.object_store == "s3":
        return _open_s3(settings)
    return DiskStore(
        settings.disk_objects_dir,
        public_url=settings.public_url,
        signing_secret=settings.signing_secret.get_secret_value(),
    )


def _open_s3(settings: ServiceSettings) -> ObjectStore:
    from chassis.objects.s3 import S3Store, connect  # its SDK takes a while to load

    internal, public = (
        connect(
            endpoint,
            settings.s3_access_key,
            settings.s3_secret_key.get_secret_value(),
            region=settings.s3_region,
            secure=settings.s3_secure,
        )
        for endpoint in (
            settings.s3_endpoint,
            settings.s3_public_endpoint or settings.s3_endpoint,
        )
    )
    return S3Store(internal, settings.s3_bucket, public=public)
