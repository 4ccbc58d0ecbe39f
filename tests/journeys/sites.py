"""A running site for journeys: the same web server and worker, without what each start and each command loads anew."""

import json
import os
import signal
import subprocess
import sys

from tests.site import ROOT, RunningSite


class JourneySite(RunningSite):
    """
    What `run_site` sets up is in the copy on which it begins, so it serves at once. It is killed in the end, as a good
    end waits fifteen seconds for what a browser keeps open.

    Web server, worker and commands share one loaded process: what this site's environment says must not change while it
    runs.
    """

    command = (sys.executable, "-m", "tests.journeys.commands")

    def __exit__(self, *error):
        self.kill()
        super().__exit__(*error)

    def start(self):
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        numbers = self.process.stdout.readline()
        assert numbers, self.log
        self._numbers = json.loads(numbers)
        self._wait_until_ready()

    def kill(self, only=""):
        if only:
            os.kill(self._numbers[only], signal.SIGKILL)
            return
        super().kill()
        self.process.stdin.close()
        self.process.stdout.close()

    def manage(self, *arguments):
        self.process.stdin.write(f"{json.dumps(arguments)}\n")
        self.process.stdin.flush()
        code, printed, errors = json.loads(self.process.stdout.readline())
        assert code == 0, printed + errors
        return printed
