"""Attackers on a transformed table: each measures how far somebody gets who knows part of the source, beside guessing.

A result's value is the attacker's success with its interval; its detail tells what guessing would reach, and the control.
"""

from veil.checks.attackers.dates import date_linkage
from veil.checks.attackers.frequency import frequency_matching
from veil.checks.attackers.singling_out import singling_out

__all__ = ["date_linkage", "frequency_matching", "singling_out"]
