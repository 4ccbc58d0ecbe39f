from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from clinic_site.audit.recording import Action, record
from clinic_site.models import StaffMember
from clinic_site.staff.enrolment import enrolment_link
from clinic_site.staff.roles import Role, add_staff_member, set_up_roles


class Command(BaseCommand):
    help = (
        "Adds a member of staff in one role and prints a link at which that person sets a password and a second "
        "factor. The link works once and for three days. Run again for the same name while no password is set, it "
        "prints a fresh link, which ends the one before."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", help="the name to sign in with")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--email", default="", help="where they hear of guesses at their account")

    @transaction.atomic
    def handle(self, name, role, email, **options):
        refuse_what_cannot_be_one(name, email)
        set_up_roles()
        member = StaffMember.objects.filter(username=name).first()
        if member is None:
            member = add_staff_member(name, role)
            record(Action.RIGHTS, page="add_staff", details={"step": "added", "member": member.pk, "role": role})
        elif member.has_usable_password() or not member.groups.filter(name=Role(role).label).exists():
            raise CommandError(f"There is already a '{name}', with a password or in another role. Choose another name.")
        if email:
            member.email = email
            member.save(update_fields=["email"])
        self.stdout.write(enrolment_link(member))


def refuse_what_cannot_be_one(name, email):
    try:
        StaffMember(username=name, email=email).clean_fields(exclude=["password"])
    except ValidationError as error:
        raise CommandError(
            " ".join(f"The {field}: {' '.join(words)}" for field, words in error.message_dict.items())
        ) from None
