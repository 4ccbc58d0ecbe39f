"""The middleware that answers in the language of the address, where the clinic's record has that language."""

from django.http import HttpResponsePermanentRedirect

from clinic_site.languages import ORIGINAL, in_language, language_and_path
from clinic_site.models import Clinic


def answer_in_language_of_address(get_response):
    """A language that the clinic does not have is an address like any other that leads nowhere."""

    def middleware(request):
        bare = request.path_info if request.path_info.endswith("/") else f"{request.path_info}/"
        if language_and_path(bare)[0] == ORIGINAL:  # asks nobody: most pages are English
            return get_response(request)
        language, path = language_and_path(request.path_info)
        if language_and_path(bare)[0] not in Clinic.profile().languages:
            return get_response(request)
        if language == ORIGINAL:
            return HttpResponsePermanentRedirect(bare)  # /ar
        request.path_info = path
        with in_language(language):
            return get_response(request)

    return middleware
