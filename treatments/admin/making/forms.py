"""What staff answer to make a page: its name, its address, and what it begins with."""

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from treatments.models import Benefit, Section, SectionKind, Treatment, Unit, Version
from treatments.models.sections import REQUIRED
from treatments.publishing.making.pages import TITLES, make_benefit, make_section, make_treatment

ADDRESS_LETTERS = 50
WHAT_IS_FOR = {
    SectionKind.OVERVIEW: _("what it is, and for whom"),
    SectionKind.SUITABILITY: _("who should not have it, or should wait"),
    SectionKind.BEFORE: _("what to do some days before"),
    SectionKind.PROCEDURE: _("the steps of the visit, with minutes"),
    SectionKind.OPTION: _("something that can be added to it"),
    SectionKind.BENEFITS: _("leads to its benefits, one by one"),
    SectionKind.RECOVERY: _("day by day, and when to call"),
    SectionKind.RISKS: _("common, less common, rare"),
    SectionKind.COST: _("what it depends on"),
    SectionKind.ALTERNATIVES: _("what else can be done, and doing nothing"),
    SectionKind.QUESTIONS: _("frequent ones"),
    SectionKind.SOURCES: _("makes itself from what is cited"),
}


class NewUnitForm(forms.Form):
    """Name and address of a page; the address follows from the name where none is given."""

    use_required_attribute = False

    title = forms.CharField(
        label=_("Name"),
        max_length=Version._meta.get_field("title").max_length,
        help_text=_("As patients say it. Stands in menus and over the page; you can change it."),
        error_messages={"required": _("Give it a name first.")},
    )
    slug = forms.SlugField(
        label=_("Address"),
        required=False,
        max_length=ADDRESS_LETTERS,
        help_text=_("Small letters, digits and hyphens. Left empty, it follows from the name."),
        error_messages={"invalid": _("Write it with small letters, digits and hyphens, as in fine-lines.")},
    )

    def clean_slug(self):
        slug = self.cleaned_data["slug"].lower() or slugify(self.cleaned_data.get("title", ""))[:ADDRESS_LETTERS]
        if not slug and "title" not in self.errors:
            raise forms.ValidationError(_("This name makes no address. Write one with small letters."))
        return slug.strip("-")


class TreatmentChoice(forms.ModelChoiceField):
    def label_from_instance(self, treatment):
        return str(treatment)


def in_use():
    """The treatments that were not retired."""
    retired = Unit.objects.filter(kind=Unit.Kind.TREATMENT).exclude(retired_at=None)
    return Treatment.objects.exclude(pk__in=retired.values("treatment"))


class NewPageForm(NewUnitForm):
    """A page of a treatment, from nothing or as a copy."""

    model: type[Unit]

    treatment = TreatmentChoice(
        label=_("Of the treatment"), queryset=Treatment.objects.none(), empty_label=None
    )  # the first one stands there
    copy_of = forms.ModelChoiceField(
        label=_("Begin with"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("Empty parts, each with a line on what belongs in it"),
        help_text=_(
            "Words alone are copied, and marked until somebody has read them. Claims, findings and numbers never are: "
            "what is true of one page is not true of another."
        ),
    )
    field_order = ["title", "slug", "treatment", "kind", "copy_of"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["treatment"].queryset = in_use()
        pages = self.model.objects.filter(retired_at=None).select_related("treatment")
        self.fields["copy_of"].queryset = pages
        self.fields["copy_of"].label_from_instance = lambda page: (
            _("The words of “%(page)s” (%(treatment)s)")
            % {
                "page": page,
                "treatment": page.treatment,
            }
        )


class NewBenefitForm(NewPageForm):
    model = Benefit

    def make(self, by):
        return make_benefit(by=by, **self.cleaned_data)


class NewSectionForm(NewPageForm):
    model = Section

    kind = forms.ChoiceField(
        label=_("What it is for"),
        choices=[(kind, f"{kind.label.capitalize()}: {WHAT_IS_FOR[kind]}") for kind in WHAT_IS_FOR]
        + [(SectionKind.OTHER, SectionKind.OTHER.label.capitalize())],
        initial=SectionKind.OTHER,
        help_text=_(
            "Says which parts it has. A guide has one page of each kind, but any number of options and other pages."
        ),
    )

    def make(self, by):
        return make_section(by=by, **self.cleaned_data)


class NewTreatmentForm(NewUnitForm):
    """A whole treatment: its name, its pages, and what they begin with."""

    summary = forms.CharField(
        label=_("What it is, in one sentence"),
        max_length=Version._meta.get_field("summary").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For cards and search. “May help,” never “will.” No source here."),
        error_messages={"required": _("Say in a sentence what it is.")},
    )
    kinds = forms.MultipleChoiceField(
        label=_("Which pages does its guide need?"),
        required=False,
        choices=[(kind, TITLES[kind]) for kind in WHAT_IS_FOR if kind not in REQUIRED],
        initial=[
            *[SectionKind.PROCEDURE, SectionKind.BENEFITS, SectionKind.RECOVERY, SectionKind.COST],
            *[SectionKind.ALTERNATIVES, SectionKind.QUESTIONS],
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    frame_of = TreatmentChoice(
        label=_("Begin with what?"),
        queryset=Treatment.objects.none(),
        required=False,
        empty_label=_("Empty parts, each with a line on what belongs in it"),
        help_text=_(
            "With the frame of another treatment, its headings and its words without numbers are copied and marked "
            "until somebody has read them. No claim, finding, risk or number is."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["frame_of"].queryset = in_use()

    @property
    def pages(self):
        """Every kind of page with what it is for, and whether it is ticked: (kind, name, words, always, ticked)."""
        ticked = self["kinds"].value() or []
        return [
            (kind, TITLES[kind], words, kind in REQUIRED, kind in REQUIRED or kind in ticked)
            for kind, words in WHAT_IS_FOR.items()
        ]

    def make(self, by):
        return make_treatment(by=by, **self.cleaned_data)
