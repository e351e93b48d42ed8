"""What the dashboard may be asked for in its address."""

from django import forms

from mine_welfare.toolkit.fiscal import wareki_year_both

from ..queries.dashboard import Board, Filters


class BoardFilter(forms.Form):
    """Year, the year beside it, and a narrowing; an unknown value is no filter, never an error page."""

    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    before = forms.TypedChoiceField(label="比べる年度", required=False, coerce=int, empty_value=None)
    goal = forms.TypedChoiceField(label="基本目標", required=False, coerce=int, empty_value=None)
    organization = forms.ChoiceField(label="課・団体", required=False)
    side = forms.ChoiceField(label="担い手", required=False)
    component = forms.ChoiceField(label="構成計画", required=False)

    def __init__(self, data, *, board: Board):
        """The years in the address have been resolved by the view; the form shows which they are."""
        super().__init__(data.copy())
        years = [(cycle.year, wareki_year_both(cycle.year)) for cycle in reversed(board.cycles)]
        self.fields["year"].choices = years
        self.fields["before"].choices = [("", "なし"), *years]
        for name, found in board.choices.items():
            self.fields[name].choices = [("", "すべて"), *found]
        self.data["year"] = str(board.cycle.year)
        self.data["before"] = str(board.before.year) if board.before else ""
        self.is_valid()

    def filters(self) -> Filters:
        """What could be read; the rest is no filter."""
        given = self.cleaned_data
        return Filters(
            goal=given.get("goal") or None,
            organization=given.get("organization", ""),
            side=given.get("side", ""),
            component=given.get("component", ""),
        )
