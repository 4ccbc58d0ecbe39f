"""How the request form stands on its page: its parts, and the questions behind a line."""

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout, LayoutObject, Submit
from crispy_forms.utils import render_field
from django.utils.translation import gettext_lazy as _

NOTHING = (None, "", False, [])
AT_FIRST = {
    "language": "en",
    "contact_by": "email",
}  # what stands there before anybody answers, where that is something
# Enter presses the first button of a form, which is not to be that of a day.
SEND_BY_ENTER = '<button class="visually-hidden" type="submit" tabindex="-1" aria-hidden="true"></button>'


def is_untouched(field):
    """Whether a question stands as it does in every form: nobody answered it, and nothing is wrong with it."""
    return not field.errors and (field.value() in NOTHING or field.value() == AT_FIRST.get(field.name))


class Question(LayoutObject):
    """One field. As long as nobody touched it, it reads the same in every form, and is written once."""

    def __init__(self, name):
        self.name = name

    def render(self, form, context, **kwargs):
        def write():
            return render_field(self.name, form, context, **kwargs)

        field = form[self.name]
        return (
            form.published.once((self.name, str(field.label), repr(field.value())), write)
            if is_untouched(field)
            else write()
        )


class Fold(Fieldset):
    """Questions that may be left out, behind a line that says what they are about."""

    template = "clinic/layout/fold.html"

    def __init__(self, legend, form, names):
        super().__init__(legend, *map(Question, names))
        self.is_open = not all(is_untouched(form[name]) for name in names)


def layout_of(form):
    """The helper that draws this form as it was filled in."""
    helper = FormHelper()
    helper.form_class = "request"
    helper.disable_csrf = True  # guarded by where the form was sent from: readers get no cookie
    helper.form_action = "booking:request"
    helper.attrs = {"novalidate": True}
    reach = ["name", "contact_by", "email", "phone", "consent", "may_leave_message"]
    about = [name for name in ("treatment", "benefit", "concern", "trouble", "for_someone_else") if name in form.fields]
    if form.fields["treatment"].widget.is_hidden:
        about.remove("treatment")
    helper.layout = Layout(
        HTML(SEND_BY_ENTER),
        *(name for name, field in form.fields.items() if field.widget.is_hidden),
        Question("leave_empty"),
        Fieldset(_("How to reach you"), *map(Question, reach)),
        Fieldset(_("When you could come"), HTML('{% include "booking/choose_time.html" %}'), css_class="ask-time"),
        Fold(_("What it is about"), form, about),
        Fold(_("Language and access"), form, ["language", "interpreter", "needs"]),
    )
    if form.safety_fields:
        helper.layout.append(Fold(_("Your health, in a few questions"), form, form.safety_fields))
    helper.add_input(Submit("", _("Send my request")))
    return helper
