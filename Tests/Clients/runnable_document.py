"""Runs the commands of a document as a reader would, in a fresh folder.

Marked by what stands behind the language of a fenced block, which pages do not show:

    ```sh run           run in bash; must succeed
    ```sh until         the same, again and again until the lines expected behind it are there
    ```sh fails         run in bash; must fail
    ```sh background    left running; the next block waits until it says that it is ready
    ```yaml file=NAME   written to the file
    ```text expect      its lines occur in the output of the last command, in order; … stands for anything

Programs listen on free ports instead of those of the document.
"""

import os
import pathlib
import re
import signal
import subprocess
import threading
import time

FENCE = re.compile(r"^( *)```(\w+) ?([^\n]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


class RunnableDocument:
    def __init__(self, path, folder):
        """`folder`: where the reader begins."""
        self.blocks = [
            (language, mark, "\n".join(line[len(indentation):] for line in text.split("\n")))
            for indentation, language, mark, text in FENCE.findall(pathlib.Path(path).read_text())
        ]
        self.folder = pathlib.Path(folder)
        self.programs = []
        self.replacements = {}
        self.output = ""
        program = pathlib.Path(os.environ.get("DUET_PROGRAM", ".build/debug/duet")).absolute()
        self.environment = {
            **os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": str(folder),
        }

    def run(self):
        """The number of commands that were run."""
        count = 0
        try:
            for index, (language, mark, text) in enumerate(self.blocks):
                if mark in ("run", "fails"):
                    self.run_command(text, mark == "fails")
                    count += 1
                elif mark == "until":
                    self.run_until(text, self.blocks[index + 1][2])
                    count += 1
                elif mark == "background":
                    self.start_program(text.strip())
                    count += 1
                elif mark.startswith("file="):
                    path = self.folder / mark.removeprefix("file=")
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text)
                elif mark == "expect":
                    self.compare(text)
        finally:
            self.end()
        return count

    def run_command(self, text, fails):
        result = subprocess.run(
            ["bash", "-c", f"set -e\n{self.adapted(text)}\npwd > {self.environment['HOME']}/.place"], cwd=self.folder,
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        self.output = result.stdout.decode()
        assert (result.returncode != 0) == fails, f"{text}\nended with {result.returncode}:\n{self.output}"
        place = pathlib.Path(self.environment["HOME"]) / ".place"
        if place.exists():
            self.folder = pathlib.Path(place.read_text().strip())

    def run_until(self, text, expected):
        end = time.monotonic() + 60
        while True:
            self.run_command(text, False)
            try:
                return self.compare(expected)
            except AssertionError:
                if time.monotonic() > end:
                    raise

    def start_program(self, command):
        name = command.split()[0]
        if name == "marbles-server":
            command += f" --port 0 --node {self.environment['DUET_NODE']}"
            ready, document_address = r"http://localhost:\d+", "http://localhost:3001"
        else:
            command += " --listen 127.0.0.1:0 --port 0"
            ready, document_address = r"http://127\.0\.0\.1:\d+", "http://127.0.0.1:8080"
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.programs.append(process)
        said = ""
        for line in process.stdout:
            said += line
            found = re.search(ready, line)
            if found:
                self.replacements[document_address] = found.group()
                self.replacements[document_address.removeprefix("http://")] = found.group().removeprefix("http://")
                if name != "marbles-server":
                    self.environment["DUET_NODE"] = found.group()
                # What follows must not fill the pipe.
                threading.Thread(target=process.stdout.read, daemon=True).start()
                return
        raise AssertionError(f"{command} did not start:\n{said}")

    def adapted(self, text):
        for documented, real in self.replacements.items():
            text = text.replace(documented, real)
        return text

    def compare(self, text):
        position = 0
        for line in self.adapted(text).strip().split("\n"):
            for part in re.split("…", line):
                words = part.split()
                if not words:
                    continue
                pattern = re.compile(r"\s+".join(re.escape(word) for word in words))
                found = pattern.search(self.output, position)
                assert found, f"\"{part.strip()}\" is not in what follows position {position} of:\n{self.output}"
                position = found.end()

    def end(self):
        for process in reversed(self.programs):
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
