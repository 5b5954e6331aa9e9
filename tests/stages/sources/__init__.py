"""Tests of stages/sources/."""
