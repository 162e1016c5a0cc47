"""The guide's commands do what it says, and real providers answer for files."""

from __future__ import annotations

import importlib.util
import json
import re
import shlex
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from filing import name_of, text_of, write
from scripts import Model

from plugwright.host import Host

GUIDE = Path(__file__).parents[1] / "guides" / "files.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", GUIDE.read_text("utf-8"), re.M | re.S)
COMMANDS = [
    line.removeprefix("plugwright agent ")
    for kind, text in BLOCKS
    for line in text.splitlines()
    if kind == "sh" and line.startswith("plugwright agent ")
]
[SCHEMA] = [text for kind, text in BLOCKS if kind == "json"]


def answer(request):
    if request.schema is None:
        return text_of(request).upper()
    if request.schema["type"] == "array":
        return json.dumps([{"name": name_of(request), "city": None}])
    return '{"label": "bug"}'


@pytest.fixture
def model():
    return Model(by=answer)


@pytest.fixture
def installed(command, monkeypatch):
    """Add plugins to those that a command finds."""

    def installed(*names):
        plugins = {name: pytest.importorskip(f"plugwright_{name}") for name in names}
        discover = Host.discover

        def more():
            host = discover()
            for name, plugin in plugins.items():
                host.take_in(plugin, name)
            return host

        monkeypatch.setattr(Host, "discover", more)

    return installed


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_guide_does_what_it_says(command, line):
    write(notes__a_txt="one\n", notes__b_txt="two\n", people_json=SCHEMA)
    typed, *_ = re.split(r" [|>] ", line)
    code, out, err = command(*shlex.split(typed))
    assert code == 0, err
    to = re.search(r"--output (\S+)", line)
    written = Path(to[1]).read_text() if to else out
    assert "notes/a.txt" in written


def test_the_guide_has_commands():
    assert len(COMMANDS) > 9


def test_a_recording_answers_for_files(command, installed):
    installed("cassette")
    write(a_txt="one", b_txt="two")
    said = command(
        "files", "summarise", ".", "--output", "o.txt", model="record:c=echo:x"
    )
    assert said[0] == 0
    write(c_txt="three")
    code, out, err = command(
        "files", "summarise", "*.txt", "--without", "o.txt", model="replay:c"
    )
    assert code == 1
    assert out == "a.txt: ONE\nb.txt: TWO\n"
    assert "c.txt: failed: `c` has no answer" in err


def test_a_model_in_a_file_answers_for_files(command, installed, tmp_path):
    pytest.importorskip("gguf")
    pytest.importorskip("llama_cpp")
    made = Path(__file__).parents[2] / "llamacpp" / "tests" / "tiny_gguf.py"
    if not made.exists():
        pytest.skip("the models of another plugin's tests are not here")
    installed("llamacpp")
    spec = importlib.util.spec_from_file_location("tiny_gguf_of_llamacpp", made)
    tiny = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tiny)
    name = f"gguf:{tiny.write_model(tmp_path / 'tiny.gguf')}?context=1024"
    write(a_txt="one", b_txt="two")
    words = ("files", "classify", ".", "--labels", "good,bad")
    code, out, err = command(*words, model=name)
    assert code == 0, err
    assert re.fullmatch(r"a\.txt: (good|bad)\nb\.txt: (good|bad)\n", out)
    assert command(*words, model=name)[1] == out


class Server(BaseHTTPRequestHandler):
    """Answers like OpenAI's API: to the first file, with garbage."""

    def log_message(self, *about):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        said = [each["content"] for each in body["messages"] if each["role"] == "user"]
        self.server.asked.append(said)
        text = "garbage" if '"a.txt"' in said[0] else '{"label": "bug"}'
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": "stop"}
        row = {"id": "x", "created": 1, "model": "m", "choices": [choice]}
        row["object"] = "chat.completion.chunk"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: %b\n\ndata: [DONE]\n\n" % json.dumps(row).encode())


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_server_with_openais_api_answers_for_files(command, installed, server):
    installed("openai")
    write(a_txt="one", b_txt="two")
    code, out, err = command(
        *("files", "classify", ".", "--labels", "bug,wish"),
        model=f"openai:m@http://127.0.0.1:{server.server_port}/v1",
    )
    assert (code, out) == (1, "b.txt: bug\n")
    assert "a.txt: failed: the answer is not as asked" in err
    # It compares answers with the schema itself; what is wrong is told all the same.
    assert sorted(map(len, server.asked)) == [1, 1, 2]
    assert "they cost nothing" in err
