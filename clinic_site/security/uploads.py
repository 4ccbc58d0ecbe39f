"""What may be sent to a public page: answers of a form, and no more than people write."""

from django.core.exceptions import SuspiciousMultipartForm, TooManyFieldsSent
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpResponse
from django.urls import reverse

MOST_BYTES = 128 * 1024  # the longest honest form has about 10 kB, and 30 in letters of three bytes
MOST_FIELDS = 200  # the longest honest form has about 60


class StaffAlone(FileUploadHandler):
    """Refuses a file before a byte of it is kept, where it is not sent to the staff's side."""

    def new_file(self, *args, **kwargs):
        if not is_for_staff(self.request):
            raise SuspiciousMultipartForm("a public page takes no files")
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data, start):
        return raw_data

    def file_complete(self, file_size):
        return None


def refuse_large_bodies(get_response):
    """413 for a body that no form of a public page has, before it is read."""

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not is_for_staff(request) and (not length.isdecimal() or int(length) > MOST_BYTES):
            return HttpResponse("This is more than a form of this site holds.\n", status=413, content_type="text/plain")
        return get_response(request)

    return middleware


def stop_if_too_many_fields(request):
    """Raises TooManyFieldsSent, which is a bad request, for more fields than a public form has."""
    if sum(len(values) for _name, values in request.POST.lists()) > MOST_FIELDS:
        raise TooManyFieldsSent("more fields than a form of this site has")


def is_for_staff(request):
    return request.path_info.startswith(reverse("admin:index"))
