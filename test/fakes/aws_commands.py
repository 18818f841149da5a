"""Checks commands of the aws CLI without a call: its own parser reads them, and botocore's models validate the parameters.

Takes a JSON list of argument lists; prints a JSON list with what the CLI says against each, or null.
"""

import argparse
import contextlib
import io
import json
import os
import sys
import tempfile

from awscli.clidriver import create_clidriver
from awscli.customizations.commands import BasicCommand


# What is in a file that a command names; in any other is {}.
with open("test/unit/render/golden/report.every-state.asff.json", encoding="utf-8") as golden:
    files = {"findings.json": golden.read()}


class Valid(BaseException):
    """The parameters are valid: botocore is about to make the call."""


def stop(**_):
    raise Valid


def problem(driver, args):
    for word in args:
        if word.startswith("file://"):
            name = word[len("file://") :]
            with open(name, "w", encoding="utf-8") as file:
                file.write(files.get(name, "{}"))
    if args[-1] == "help":
        service, operation = args[:2]
        known = driver._get_command_table()[service].create_help_command().command_table
        return None if operation in known else f"{service} has no {operation}"
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            status = driver.main(args)
    except Valid:
        return None
    except SystemExit as error:
        status = error.code
    # After the usage, the last paragraph says what is wrong.
    return None if status == 0 else said.getvalue().split("error: ")[-1].strip() or f"status {status}"


def main():
    commands = json.loads(sys.argv[1])
    os.environ.update(
        AWS_ACCESS_KEY_ID="AKIAEXAMPLE",
        AWS_SECRET_ACCESS_KEY="secret",
        AWS_DEFAULT_REGION="us-east-1",
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    )
    # Version 2 of the CLI takes no abbreviated options.
    argparse.ArgumentParser._get_option_tuples = lambda *_: []
    driver = create_clidriver()
    driver.session.register("before-call", stop)
    # The CLI's own commands, as s3 cp, call AWS in several ways: their arguments are read, and nothing is done.
    waiting = [BasicCommand]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if "_run_main" in vars(kind):
            kind._run_main = lambda *_: 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        print(json.dumps([problem(driver, args) for args in commands]))


main()
