"""A running site for journeys: the same web server and worker, without what each start and each command loads anew."""

import sys

from tests.journeys.commands import LoadedCommands
from tests.site import ROOT, RunningSite

SERVE = """
import sys
from clinic_site.processes import WEB, WORKER, run_together

sys.exit(run_together([WEB, WORKER], "."))
"""


class JourneySite(RunningSite):
    """
    What `run_site` sets up is in the copy on which it begins, so it serves at once. It is killed in the end, as a good
    end waits fifteen seconds for what a browser keeps open.

    Its commands share one loaded process: what this site's environment says must not change while it runs.
    """

    command = (sys.executable, "-c", SERVE)

    def __enter__(self):
        self._commands = None
        return super().__enter__()

    def __exit__(self, *error):
        if self._commands:
            self._commands.end()
        self.kill()
        super().__exit__(*error)

    def manage(self, *arguments):
        self._commands = self._commands or LoadedCommands(ROOT, self.environment)
        code, printed, errors = self._commands.run(*arguments)
        assert code == 0, printed + errors
        return printed
