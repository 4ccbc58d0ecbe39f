"""The manager's side of the clinic's own records."""

import pytest

from clinic_site.admin import ClinicAdmin
from clinic_site.models import Clinic

pytestmark = pytest.mark.django_db


def test_every_field_of_the_clinic_can_be_changed_by_the_manager(as_staff):
    shown = {field for _name, options in ClinicAdmin.fieldsets for field in options["fields"]}
    assert shown == {field.name for field in Clinic._meta.concrete_fields if not field.primary_key}
    page = as_staff("manager").get("/admin/clinic_site/clinic/1/change/").text
    assert all(f'name="{field}"' in page for field in shown if not field.startswith("phone"))
