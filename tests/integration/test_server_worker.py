"""The deployed flow: a real server and worker on loopback, and runs started over the API as the UI's form starts them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from integration_server import PREFECT, ROOT, FlowRun, Server, form, run_to_its_end

STAGES = ("ingest", "classify", "plan", "transform", "synthesize", "check", "release")
