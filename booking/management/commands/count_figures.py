from django.core.management.base import BaseCommand, CommandError

from booking.desk.figures import count_all_anew


class Command(BaseCommand):
    help = (
        "Counts the figures of every day anew, from the requests themselves, and names the days that were kept "
        "otherwise. With --compare it changes nothing, and ends with 1 if any day differs. Hours that were changed "
        "since a day was counted show as a difference too."
    )

    def add_arguments(self, parser):
        parser.add_argument("--compare", action="store_true", help="say what differs, and leave it as it is")

    def handle(self, compare, **options):
        differing = count_all_anew(compare_only=compare)
        for day in differing:
            self.stdout.write(f"{day}: {'differs' if compare else 'counted anew'}")
        if compare and differing:
            raise CommandError(f"{len(differing)} days are kept otherwise; without --compare they are put right.")
        self.stdout.write(f"{len(differing)} days were kept otherwise." if differing else "Every day is kept as it is.")
