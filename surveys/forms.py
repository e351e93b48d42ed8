"""Forms of surveys, statistics and their files."""

from django import forms
from django.core.exceptions import ValidationError

from .models import Series, Survey
from .sheets.cells import year_of

# Words that stand in the same place of an address.
RESERVED = ("new", "uploads")


class SurveyForm(forms.ModelForm):
    """調査の登録."""

    class Meta:
        model = Survey
        fields = [
            "title", "slug", "year", "target", "period", "starts_on", "ends_on", "distribution", "collection", "sent",
            "returned", "previous", "note", "is_public", "hide_below", "base_hidden_below", "base_reference_below",
        ]  # fmt: skip
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "note": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "slug": "公開ページのアドレスになります。半角の英数字とハイフンで書いてください。例：r11",
            "year": "調査を始めた年度を、西暦で書いてください。",
            "period": "ページに載せる書き方です。例：令和11年12月20日～令和12年1月20日",
            "previous": "設問番号が同じ設問を、前回の結果と比べて示します。",
            "is_public": "結果を市民のページに載せます。",
            "hide_below": "1人や2人の回答から人が分からないように、この人数に満たない回答を「x」とします。",
            "base_hidden_below": "年齢などで分けたとき、この人数に満たない区分は表示しません。",
            "base_reference_below": "年齢などで分けたとき、この人数に満たない区分に「参考」と付けます。",
        }

    def __init__(self, *args, plan, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.plan = plan
        self.fields["previous"].queryset = plan.surveys.exclude(pk=self.instance.pk)
        if self.instance.pk:
            # The address of the page is permanent.
            del self.fields["slug"]
        else:
            self.fields["is_public"].initial = False

    def clean(self):
        given = super().clean()
        sent, returned = given.get("sent"), given.get("returned")
        if sent is not None and returned is not None:
            if sent == 0:
                self.add_error("sent", "配布数は1以上で書いてください。")
            elif returned > sent:
                self.add_error("returned", "回収数が配布数より多くなっています。")
            else:
                self.instance.response_rate = round(100 * returned / sent, 1)
        starts_on, ends_on = given.get("starts_on"), given.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "調査の終了日が開始日より前になっています。")
        hidden, reference = given.get("base_hidden_below"), given.get("base_reference_below")
        if hidden is not None and reference is not None and hidden > reference:
            self.add_error("base_reference_below", "「参考」とする人数は、表示しない人数以上にしてください。")
        slug, plan = given.get("slug"), self.instance.plan
        if slug in RESERVED:
            self.add_error("slug", f"「{slug}」は、識別名に使えません。")
        elif slug and plan.surveys.filter(slug=slug).exists():
            self.add_error("slug", "この識別名は、ほかの調査で使っています。")
        return given


class FileForm(forms.Form):
    """A CSV or Excel file."""

    file = forms.FileField(
        label="ファイル",
        help_text="CSV（Shift_JIS、UTF-8、UTF-16）か、Excel（.xlsx）のファイル",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"required": "ファイルを選んでください。", "empty": "ファイルの中身がありません。"},
    )


class YearField(forms.CharField):
    """A year as people write it: 2025, 令和7年, R7."""

    def clean(self, value):
        text = super().clean(value)
        year = year_of(text)
        if year is None:
            raise ValidationError("年として読めません。「2025」か「令和7年」のように書いてください。")
        return year


class PointForm(forms.Form):
    """新しい年の値."""

    year = YearField(label="年", max_length=12, help_text="「2025」か「令和7年」のように書きます。")
    value = forms.DecimalField(label="値", required=False, max_digits=14, decimal_places=3)
    wording = forms.CharField(
        label="値の代わりの表記", required=False, max_length=40, help_text="数が分からないときだけ書きます。例：約90"
    )
    derivation = forms.CharField(
        label="計算の方法", required=False, max_length=200, help_text="ほかの数から計算した値のときに書きます。"
    )

    def __init__(self, *args, series: Series, **kwargs):
        super().__init__(*args, **kwargs)
        unit = series.shown_unit
        self.fields["value"].help_text = f"単位は「{unit}」です。" if unit else ""

    def clean(self):
        given = super().clean()
        if not self.errors and given.get("value") is None and not given.get("wording"):
            self.add_error("value", "値か、値の代わりの表記を書いてください。")
        return given
