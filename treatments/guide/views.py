"""The pages of the guide. Each gets what is live at this moment and hands it to a template."""

from datetime import date

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.template.loader import select_template
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from clinic_site.languages import ORIGINAL
from clinic_site.media.files import sent_from_media
from clinic_site.models import Clinic
from clinic_site.pages.page_cache import published
from clinic_site.security.http import same_origin_only
from clinic_site.staff.sessions import is_inside
from clinic_site.unavailable import unavailable
from treatments.guide import cards
from treatments.guide.answers import Answers, Option
from treatments.guide.for_you import ForYou
from treatments.guide.overview import all_offered, by_concern
from treatments.guide.pages import WITH_CLAIMS, Guide
from treatments.guide.preparation import preparation_calendar as calendar_of
from treatments.guide.search.finding import LONGEST_QUERY, find
from treatments.guide.search.missed import note_missed
from treatments.guide.skin import TONES
from treatments.guide.ways import menu
from treatments.models import Picture, SectionKind, Treatment, Unit
from treatments.pictures import path_of

MOST_ON_A_CARD = 3  # names of treatments that can still be read there
OFTEN_LOOKED_FOR = [_("does it hurt"), _("makeup"), _("cold sore"), _("blood thinner"), _("opening hours")]


@require_safe
@published
def home(request):
    treatments = list(Treatment.objects.offered())
    if not treatments:
        return render(request, "treatments/home_empty.html")
    if len(treatments) == 1:
        guide = Guide(treatments[0])
        return render(request, "treatments/home.html", {"guide": guide, "words_of": guide.facts})
    offered = all_offered(treatments)
    return render(request, "treatments/home_many.html", {"treatments": offered, "concerns": by_concern(offered)})


@require_safe
@published
def treatment_list(request):
    """Each treatment with the pages of its guide; of several, with the ways into it."""
    return render(
        request,
        "treatments/treatment_list.html",
        {"treatments": all_offered(list(Treatment.objects.offered()), with_benefits=False)},
    )


@require_safe
@published
def treatment(request, treatment):
    guide = Guide.of(treatment)
    return section_page(request, guide, guide.page_of_kind(SectionKind.OVERVIEW))


@require_safe
@published
def section(request, treatment, section):
    guide = Guide.of(treatment, section=section)
    version = guide.page_at(Unit.Kind.SECTION, section)
    if version.unit.slug != section:
        return _led_on(request, version)
    if version.unit.section_kind == SectionKind.OVERVIEW:
        raise Http404("the overview is the guide's first page")
    return section_page(request, guide, version)


def section_page(request, guide, version):
    before, after = guide.neighbors(version)
    prefetch_related_objects([version], *WITH_CLAIMS)
    template = select_template([f"treatments/section_{version.unit.section_kind}.html", "treatments/section.html"])
    context = {"guide": guide, "version": version, "before": before, "after": after}
    return HttpResponse(template.render(context, request))


@require_safe
@published
def benefit(request, treatment, benefit):
    guide = Guide.of(treatment, benefit=benefit)
    version = guide.page_at(Unit.Kind.BENEFIT, benefit)
    return benefit_page(request, guide, version) if version.unit.slug == benefit else _led_on(request, version)


def _led_on(request, version):
    """From where a page used to be to where it is."""
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    response = HttpResponsePermanentRedirect(f"{version.get_absolute_url()}{query}")
    response["Cache-Control"] = "max-age=3600"  # the old address may be a page again one day
    return response


def benefit_page(request, guide, version):
    before, after = guide.neighbors(version)
    context = {"guide": guide, "version": version, "before": before, "after": after}
    return render(request, "treatments/benefit.html", context)


@require_safe
@published
def site_card(request):
    with override(ORIGINAL):  # the cards' font has no letters but Latin ones
        names = [name for name, *_rest in menu().guides[:MOST_ON_A_CARD]]
        return _picture_of(cards.card_of_site(Clinic.profile(), names))


@require_safe
@published
def page_card(request, treatment, section=None, benefit=None):
    with override(ORIGINAL):
        guide = Guide.of(treatment, section, benefit)
        if benefit:
            version = guide.page_at(Unit.Kind.BENEFIT, benefit)
        elif section:
            version = guide.page_at(Unit.Kind.SECTION, section)
        else:
            version = guide.page_of_kind(SectionKind.OVERVIEW)
        return _picture_of(cards.card_of_page(Clinic.profile(), guide, version))


@require_safe
def picture(request, name):
    """
    A picture of a page or of a draft, while somebody's consent to it runs; staff see it before it is saved, too.

    Its name says what is in it, so a browser that has it need not ask again that day.
    """
    is_shown = Picture.objects.shown_on(timezone.localdate()).filter(image=name).exists()
    if not is_shown and not (is_inside(request) and request.user.has_perm("treatments.view_version")):
        raise Http404("no such picture")
    try:
        response = sent_from_media(path_of(name), "image/webp")
    except FileNotFoundError:
        raise Http404("no such picture") from None
    except OSError as error:
        return unavailable(request, error)
    response["Cache-Control"] = "public, max-age=86400"
    return response


def _picture_of(card):
    return HttpResponse(cards.draw(card), content_type="image/png")


@never_cache
@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def self_check(request, treatment, section):
    """
    What the reader's answers mean. Nothing is kept: they are read, answered and forgotten.

    Whoever comes by the address alone, as from a bookmark, is led to the questions.
    """
    guide = Guide.of(treatment, section=section)
    version = _section_for(guide, section, SectionKind.SUITABILITY)
    if request.method != "POST":
        return redirect(version)
    answered = [(row, request.POST.get(f"safety-{row.key}")) for row in version.cautions.all()]
    speaks_up = [row for row, answer in answered if answer in ("yes", "not-sure")]
    context = {
        "guide": guide,
        "version": version,
        "beside_the_page": True,
        "tell_us": [row for row in speaks_up if row.tone == row.Tone.TELL_US],
        "wait": [row for row in speaks_up if row.tone == row.Tone.WAIT],
        "unanswered": sum(answer not in ("yes", "no", "not-sure") for _row, answer in answered),
        "answers": [(f"safety-{row.key}", answer) for row, answer in answered if answer in ("yes", "no", "not-sure")],
    }
    return render(request, "treatments/self_check.html", context)


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def for_you(request, treatment):
    return _choices_for(request, treatment) if request.method == "POST" else _questions_for(request, treatment)


for_you.is_published = True  # its questions: answers are sent by POST, which never comes from memory


@published
def _questions_for(request, treatment):
    guide = Guide.of(treatment)
    page = ForYou(guide, Answers(), timezone.localdate())
    context = {
        "guide": guide,
        "page": page,
        "columns": page.columns,
        "skins": TONES,
        "options": Option.choices,
        "words_of": guide.facts,
    }
    return render(request, "treatments/for_you.html", context)


@gzip_page
@never_cache
def _choices_for(request, treatment):
    """The choices for what a reader answered. Nothing is kept: it is read, answered and forgotten."""
    guide, today = Guide.of(treatment), timezone.localdate()
    page = ForYou(guide, Answers.of(request.POST, today), today)
    return render(request, "treatments/your_choices.html", {"guide": guide, "page": page, "words_of": guide.facts})


@never_cache
@require_safe
def preparation_calendar(request, treatment, section):
    """The steps before a visit as a calendar file, from a date that is read and not kept."""
    guide = Guide.of(treatment, section=section)
    version = _section_for(guide, section, SectionKind.BEFORE)
    typed = request.GET.get("date", "").strip()
    visit, today = _date_or_none(typed), timezone.localdate()
    if visit is None or visit < today:
        context = {"guide": guide, "version": version, "beside_the_page": True}
        context |= {"typed": typed, "passed": visit, "today": today}
        return render(request, "treatments/preparation_date.html", context, status=422 if typed else 200)
    response = HttpResponse(calendar_of(guide, visit, today), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="preparation.ics"'
    return response


def _section_for(guide, slug, kind):
    """The section that is or once was at that address; 404 for one of another kind."""
    version = guide.page_at(Unit.Kind.SECTION, slug)
    if version.unit.section_kind != kind:
        raise Http404(f"{slug} is not of the kind {kind}")
    return version


def _date_or_none(text) -> date | None:
    """A date on which somebody now alive could have a visit."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 2000 <= day.year <= 2100 else None


@gzip_page
@require_safe
def search(request):
    """What the guide says of the reader's words. It keeps none of them; what found nothing is counted beside it."""
    words = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    guides = [Guide(treatment) for treatment in Treatment.objects.offered()]
    if not guides:
        raise Http404("there is no guide to search")
    results = find(words, guides, exact="exact" in request.GET)
    if not results:
        note_missed(words)
    context = {"q": words, "results": results, "often": OFTEN_LOOKED_FOR}
    if len(guides) == 1:
        context["guide"] = guides[0]
    return render(request, "treatments/search.html", context)
