"""The thresholds of the rules: those keys of section `curate` of params.yaml that any set of examples is curated by."""

from datetime import date

from pydantic import ConfigDict, field_validator

from stages.common.params import Fraction, Positive, SectionModel


class Thresholds(SectionModel):
    model_config = ConfigDict(extra="ignore")  # the auditor's keys stand beside these, and are checked by their stage

    cutoff: date  # nothing that happened after this day
    min_task_words: Positive  # of instruction and input together
    min_open_words: Positive  # of the answer to a task such as explaining or describing
    max_instruction_words: Positive
    max_passage_words: Positive  # of the input
    max_output_words: Positive
    max_word_length: Positive  # characters
    max_foreign: Fraction  # probability of another language than English
    max_input_words: Positive  # an input longer than this is a text to work on
    min_similarity: Fraction  # share of the content words that near duplicates have in common

    @field_validator("cutoff", mode="before")
    @classmethod
    def _iso_date(cls, value: object) -> object:
        try:
            return date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            raise ValueError("must be a date such as 2022-12-31") from None
