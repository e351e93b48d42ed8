"""What is being typed, saved in passing: the form's own fields in, a few words as JSON out.

Asked by `static/js/autosave.js`. The permission, the version and the cleaning
are those of the button 「保存する」; a field that cannot be read is left out and
named, so that one wrong amount does not hold up a page of text.
"""

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from mine_welfare.accounts.decorators import roles_required
from mine_welfare.toolkit.markup import state

from .. import actions
from ..forms import EntryForm
from ..models import Entry
from .entry import visible_entry
from .years import INSIDE

CONFLICT = "別の画面か、ほかの人が、先にこの個票を保存しました。"


@require_POST
@roles_required(*INSIDE)
def entry_autosave(request, pk: int):
    """200 saved, 409 not saved (`conflict` or `refused` with the sentence), 422 the form cannot be compared."""
    sheet = visible_entry(request, pk)
    form = EntryForm(request.POST, instance=sheet)
    form.is_valid()
    errors = {name: " ".join(found) for name, found in form.errors.items()}
    if "version" in errors:
        return JsonResponse({"refused": errors["version"]}, status=422)
    try:
        saved = actions.autosave_entry(
            entry=sheet, by=request.user, version=form.cleaned_data["version"], values=form.values()
        )
    except actions.Conflict:
        return JsonResponse({"conflict": CONFLICT}, status=409)
    except actions.Refused as refused:
        return JsonResponse({"refused": str(refused)}, status=409)
    return _saved(saved, errors)


def _saved(sheet: Entry, errors: dict[str, str]) -> JsonResponse:
    at = timezone.localtime(sheet.saved_at) if sheet.saved_at else None
    return JsonResponse(
        {
            "version": sheet.version,
            "at": f"{at:%H:%M}" if at else "",
            "state": state(sheet.stage),
            "errors": errors,
        }
    )
