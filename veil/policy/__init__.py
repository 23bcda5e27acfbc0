"""The policy language: one YAML file that says what becomes of each column, with which keys, behind which gates."""

from veil.policy.gates import Gates, Threshold
from veil.policy.lint import lint
from veil.policy.load import load_policy, load_sound_policy
from veil.policy.models import Policy, TablePolicy
from veil.policy.problems import Problem
from veil.policy.schema import json_schema

__all__ = [
    "Gates", "Policy", "Problem", "TablePolicy", "Threshold", "json_schema", "lint", "load_policy", "load_sound_policy",
]
