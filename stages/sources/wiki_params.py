"""How pages are asked for: a part of the `extract` section of params.yaml."""

from typing import Annotated

from pydantic import AfterValidator, Field, HttpUrl, TypeAdapter, ValidationError

from stages.common.params import SAME_RESULT, AtMost, Fraction, Positive, SectionModel


def _empty_or_url(value: str) -> str:
    if value:
        try:
            TypeAdapter(HttpUrl).validate_python(value)
        except ValidationError:
            raise ValueError("must be the address of an api.php, http:// or https://, or empty") from None
    return value


class WikiParams(SectionModel):
    titles: str  # file with a title or a category a line
    endpoint: Annotated[str, AfterValidator(_empty_or_url)]  # "": Wikipedia in `language`
    language: Annotated[str, Field(pattern=r"^[a-z]{2,}(-[a-z]+)*$")]  # which Wikipedia
    # An e-mail address or a URL, which the user agent names.
    contact: Annotated[str, Field(pattern=r"^$|^[!-'*-~]*(@|://)[!-'*-~]+$"), SAME_RESULT]
    license: Annotated[str, Field(pattern=r"^[A-Za-z0-9.+-]+$")]  # SPDX identifier, or auto: what the wiki says
    category_depth: Annotated[int, Field(ge=0, le=10)]  # levels of subcategories
    category_limit: AtMost  # pages a category
    disambiguation: list[str]  # the categories of pages that only list others
    drop_sections: list[str]  # headings; their subsections go with them
    concurrency: Annotated[int, Field(ge=1, le=4), SAME_RESULT]  # requests under way at once
    gap_seconds: Annotated[float, Field(ge=0), SAME_RESULT]  # between the starts of two requests
    timeout_seconds: Annotated[float, Field(gt=0), SAME_RESULT]  # of silence
    attempts: Annotated[Positive, SAME_RESULT]  # of one request
    pin: bool  # the pages in the cache, without a request
    max_failure_rate: Fraction  # share of the titles without a page

    def address(self) -> str:
        return self.endpoint or f"https://{self.language}.wikipedia.org/w/api.php"

    def user_agent(self) -> str:
        return f"wikitune ({self.contact})"
