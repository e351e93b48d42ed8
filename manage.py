#!/usr/bin/env python3
"""Command-line entry point."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mine_welfare.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        # A setting that is missing is said in one sentence, not in a traceback.
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
