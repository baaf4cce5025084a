"""Brings the private Python environment up to date: install.py VENV REQUIREMENTS

Runs on the machine's own Python. Does nothing where the environment is complete. Two at once: the second waits (the
operating system drops the lock when its owner dies). What a broken-off installation left behind is thrown away.

Prints one line for each thing worth saying. Ends with 0, or with one of the codes below and the reason on stderr.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys

NO_VENV_MODULE, NO_NETWORK, INSTALL_FAILED = 10, 11, 12
STAMP = ".requirements-sha256"
OFFLINE = "NewConnectionError|NameResolution|Max retries|ConnectTimeout|ProxyError|connection broken"

# Every file that the installed packages say they consist of is there; compiled files are made anew when missing.
COMPLETE = """
import importlib.metadata as m, os, sys
wanted = dict(line.strip().split("==") for line in open(sys.argv[1]) if "==" in line and not line.startswith("#"))
for name, version in wanted.items():
    dist = m.distribution(name)
    assert dist.version == version, name
    assert all(f.suffix == ".pyc" or os.path.exists(dist.locate_file(f)) for f in dist.files), name
"""


def say(text):
    print(text, flush=True)


def fail(code, text):
    print(text, file=sys.stderr, flush=True)
    sys.exit(code)


def fingerprint(requirements):
    with open(requirements, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def is_complete(venv, requirements):
    try:
        with open(os.path.join(venv, STAMP)) as file:
            if file.read() != fingerprint(requirements):
                return False
        command = [os.path.join(venv, "bin", "python"), "-I", "-c", COMPLETE, requirements]
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def create(venv):
    shutil.rmtree(venv, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", venv], capture_output=True, text=True)
    if made.returncode != 0:
        shutil.rmtree(venv, ignore_errors=True)
        text = made.stdout + made.stderr
        fail(NO_VENV_MODULE if "ensurepip" in text else INSTALL_FAILED, text.strip())


def install(venv, requirements):
    command = [os.path.join(venv, "bin", "python"), "-m", "pip", "install", "--quiet", "--no-input", "--retries", "1"]
    command += ["--disable-pip-version-check", "--prefer-binary", "-r", requirements]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        return
    text = done.stdout + done.stderr
    shutil.rmtree(venv, ignore_errors=True)
    fail(NO_NETWORK if re.search(OFFLINE, text) else INSTALL_FAILED, "\n".join(text.strip().splitlines()[-8:]))


def main(venv, requirements):
    if is_complete(venv, requirements):
        return
    os.makedirs(os.path.dirname(venv), exist_ok=True)
    with open(venv + ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another Headgate command is installing the local AWS in this folder; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        if is_complete(venv, requirements):
            return
        try:
            import ensurepip  # noqa: F401
            import venv as _venv  # noqa: F401
        except ImportError as error:
            fail(NO_VENV_MODULE, str(error))
        if os.path.exists(venv):
            say("The Python environment is incomplete or of another version: making it anew ...")
        say("Installing MiniStack (first time: about ten seconds) ...")
        create(venv)
        install(venv, requirements)
        with open(os.path.join(venv, STAMP), "w") as stamp:
            stamp.write(fingerprint(requirements))


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]))
