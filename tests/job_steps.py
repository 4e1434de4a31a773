"""Two steps for the jobs of tests, which do what a test tells them.

    job_steps.on("first", lambda run: ...)      what the step does when it is run
    job_steps.calls                             which steps have been run, in order

Steps are found by their dotted names, so they stand in a module that everybody imports alike.
"""

KIND = "two_steps"
NAMES = ["tests.job_steps.first", "tests.job_steps.second"]

calls = []
_deeds = {}


def on(name, deed):
    _deeds[name] = deed


def forget():
    calls.clear()
    _deeds.clear()


def first(subject_id, *, by, run):
    _do("first", run)


def second(subject_id, *, by, run):
    _do("second", run)


def _do(name, run):
    calls.append(name)
    if deed := _deeds.get(name):
        deed(run)
