"""The questions of the worklist, as the admin's list offers them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from booking.desk.worklist import QUESTIONS, counts_of


class QuestionFilter(admin.SimpleListFilter):
    """What the desk asks of the list; questions, not values of a field."""

    title = _("Show me")
    parameter_name = "view"
    template = "admin/booking/questions.html"

    def lookups(self, request, model_admin):
        return [(name, question.words) for name, question in QUESTIONS.items()]

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.counts = counts_of(request.user)

    def choices(self, changelist):
        """Each question with how many it finds; everything has no count, as that would count all that ever came."""
        for choice, name in zip(super().choices(changelist), [None, *QUESTIONS], strict=True):
            yield choice | {"count": self.counts.get(name)}

    def queryset(self, request, queryset):
        """Suspects show where they are asked for, and where somebody is searched."""
        if question := QUESTIONS.get(self.value()):
            return queryset.filter(question.condition(request.user))
        is_search = self.value() is None and request.GET.get("q")
        return queryset if is_search else queryset.trusted()
