"""The parts of `argn`: a table as mostlyai-engine sees it, the process that it runs in, and a fitted model."""
