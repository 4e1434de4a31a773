"""Keep what somebody is typing (草稿): every few seconds, sealed, on the server.

On the server and not in the browser: desks share machines, and an ID number must not lie on one in
clear. It outlives the session, a power cut and a change of desk; whoever typed it gets it back.
"""

import json

from django.http import QueryDict

from enrollment.models import Draft

MOST_CHARACTERS = 20_000
LEFT_OUT = {"csrfmiddlewaretoken", "then"}


def save_draft(form, fields, *, by):
    """Keep the fields of a form as they stand, ticks as a list; return the draft."""
    if isinstance(fields, QueryDict):
        lists = dict(fields.lists()).items()
        fields = {name: said if len(said) > 1 else said[0] for name, said in lists}
    kept = {name: value for name, value in fields.items() if name not in LEFT_OUT}
    text = json.dumps(kept, ensure_ascii=False)[:MOST_CHARACTERS]
    draft, _is_new = Draft.objects.update_or_create(staff=by, form=form, defaults={"text": text})
    return draft


def draft_of(form, *, by):
    """Return one's own draft of a form, or None."""
    return Draft.objects.filter(staff=by, form=form).first()


def fields_of(draft):
    """Return the fields that a draft keeps; {} for none, or for one that was cut."""
    try:
        return json.loads(draft.text) if draft else {}
    except ValueError:
        return {}


def drop_draft(form, *, by):
    """Forget a draft; papers that hang on it stay in the store without it."""
    Draft.objects.filter(staff=by, form=form).delete()
