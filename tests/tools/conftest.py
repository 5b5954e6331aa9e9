"""The fixtures of the stages' tests, which the commands' tests use as well."""

from tests.stages.conftest import answers, hub, make, page, project, serve

__all__ = ["answers", "hub", "make", "page", "project", "serve"]
