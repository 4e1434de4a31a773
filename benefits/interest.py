"""Credit a year's interest to every account (年度结息).

    2021-01-01  1,000.00 yuan in 张桂兰's account
    2021-03-05  she pays 500.00, which earns from April
    3.00% for 2021:  1,000.00 × 3%               30.00
                     500.00 × 3% × 9 ÷ 12        11.25
                                                 41.25

Three people decide the terms, three the run. A run works out what each account should have earned
and writes the difference to what earlier runs have credited: running a year again adds only what
came late, and takes back what was reversed. One statement, for one account as for all.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from benefits.models import InterestLine, InterestRun, InterestTerms
from benefits.statements import fetch_statement
from contributions.posting import lock_books
from pension_portal.clock import today
from pension_portal.jobs import start_job
from pension_portal.refusals import Refusal
from pension_portal.statements import analyze, joining_as_a_whole
from staff import approving
from staff.models import Approvable

State = Approvable.State
Starts = InterestTerms.Starts
MONTHS_OF_A_YEAR = 12


class RateAnnouncedAlready(Refusal):
    code = "rate_announced_already"
    sentence = _("%(year)s 年的计息规则已经有一条（%(rate)s%%）。改那一条，或先撤回它。")


class RateNotAgreed(Refusal):
    code = "rate_not_agreed"
    sentence = _("%(year)s 年的计息规则还没有审批同意，不能结息。先走完审批。")


class YearNotOver(Refusal):
    code = "year_not_over"
    sentence = _("%(year)s 年还没有结束，年度利息在次年结。中途清算按预计利率算。")


class RunNotFinished(Refusal):
    code = "run_not_finished"
    sentence = _("%(year)s 年的结息还有一次没有办完（%(state)s）。办完或撤回后再算。")


class RunNotComputed(Refusal):
    code = "run_not_computed"
    sentence = _("利息还在计算，算完后再提交。")


@transaction.atomic
def propose_terms(terms, *, by):
    """Save new terms and send them on their way; return them. Refuses RateAnnouncedAlready."""
    # Of two who propose at once, the second finds the first.
    lock_books(terms.county_code)
    same = InterestTerms.objects.exclude(state=State.WITHDRAWN).filter(
        county_code=terms.county_code, scheme_id=terms.scheme_id, year=terms.year
    )
    if known := same.first():
        raise RateAnnouncedAlready(year=terms.year, rate=f"{known.rate.normalize():f}")
    return approving.submit(approving.begin(terms, by=by), by=by)


def terms_of(county_code, scheme_id, year):
    """Return (the terms of a year, False); (the latest earlier ones, True) where the year's rate is
    not announced yet; (None, True) where none was ever agreed to.
    """
    agreed = InterestTerms.objects.approved().filter(
        county_code=county_code, scheme_id=scheme_id, year__lte=year
    )
    latest = agreed.order_by("-year").first()
    return latest, latest is None or latest.year != year


@transaction.atomic
def start_run(terms, *, by):
    """Return a new run of a year's interest, to be worked out by a worker.

    Refuses RateNotAgreed, YearNotOver and RunNotFinished.
    """
    terms = InterestTerms.objects.select_for_update(of=["self"]).get(pk=terms.pk)
    if terms.state != State.APPROVED:
        raise RateNotAgreed(year=terms.year)
    if today().year <= terms.year:
        raise YearNotOver(year=terms.year)
    if open_run := terms.runs.open().first():
        raise RunNotFinished(year=terms.year, state=open_run.get_state_display())
    run = InterestRun(
        county_code=terms.county_code, scheme_id=terms.scheme_id, year=terms.year, terms=terms
    )
    run = approving.begin(run, by=by)
    run.job = start_job("interest_run", run.pk, county_code=run.county_code, by=by)
    run.save(update_fields=["job"])
    return run


def compute_run(run_id, *, by, run):
    """Write the lines of an interest run and its sums; a job's step, safe to run twice."""
    with run.transaction():
        found = InterestRun.objects.select_for_update(of=["self"]).get(pk=run_id)
        # No account is closed while its interest is worked out.
        lock_books(found.county_code)
        if found.computed_at or found.state != State.DRAFT:
            return
        with joining_as_a_whole():
            (sums,) = fetch_statement("credit_interest", how_it_earns(found) | {"run_id": run_id})
        for name, value in sums.items():
            setattr(found, name, value)
        found.computed_at = timezone.now()
        found.save(update_fields=[*sums, "computed_at"])
    analyze("benefits_interestline")


def how_it_earns(run):
    """Return the parameters of the account statements for a run over everybody."""
    return earning_parameters(run.terms, year=run.year) | {"resident_id": None}


def earning_parameters(terms, *, year, until=MONTHS_OF_A_YEAR):
    """Return what `account_flow.sql` asks for: `until` is the month at whose end is counted."""
    return {
        "county_code": terms.county_code,
        "scheme_id": terms.scheme_id,
        "year": year,
        "until": until,
        "rate": terms.rate,
        "date_basis": terms.date_basis,
        "earns": terms.starts != Starts.NEXT_YEAR,
        "first_months": 1 if terms.starts == Starts.SAME_MONTH else 0,
        "rounding": terms.rounding,
    }


def lines_of(run):
    """Return the lines of a run by village: one for each part of an account that it changes."""
    lines = InterestLine.objects.filter(county_code=run.county_code, run_id=run.pk)
    return lines.order_by("village_code", "resident_id", "source")


@transaction.atomic
def submit_run(run, *, by):
    """Send a run that was worked out to review; return it. Refuses RunNotComputed."""
    if run.computed_at is None:
        raise RunNotComputed()
    return approving.submit(run, by=by)
