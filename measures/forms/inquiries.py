"""A question to a sheet and its answer."""

from django import forms

from .entries import LongTextField


class InquiryForm(forms.Form):
    question = LongTextField(label="質問")
    due_on = forms.DateField(label="回答の期限", required=False)


class AnswerForm(forms.Form):
    text = LongTextField(label="回答")
