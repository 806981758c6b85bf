"""The web process is light: it answers within a second, and never loads what only workers need."""

import subprocess
import sys


def test_the_web_process_never_imports_torch(server):
    """Torch costs a second and a gigabyte; scipy and the CSV reader come only when they are asked for."""
    code = (
        "import sys; from mnemoscope_server import app, serving; app.create_app(); "
        "print(sorted(m for m in ('torch', 'scipy', 'pyarrow', 'plotly', 'pandas', 'mnemoscope.running.record') "
        "if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_serving_process_has_not_mapped_torch(server):
    """After real work too: a run, an upload, a preview."""
    identity = server.run("fake", steps=100, start="playing")
    server.wait(identity, "ended")
    answer = server.http.post("api/uploads", files={"file": ("x.csv", "a,b\n" + "1,2\n" * 300)})
    body = {"channel": 0, "sample_rate": 10.0, "resample_to": 3.0}
    assert server.http.post(f"api/uploads/{answer.json()['id']}/preview", json=body).status_code == 200
    with open(f"/proc/{server.process.pid}/maps") as file:
        assert "libtorch" not in file.read()


def test_the_start_costs_little(start):
    """The budget is one second until the first answer. Seconds of processor time are measured, since a test machine may
    be busy with something else; a quiet one waits hardly longer than that."""
    server = start()
    assert server.http.get("healthz").text == "ok"
    with open(f"/proc/{server.process.pid}/stat") as file:
        user, system = file.read().rsplit(")", 1)[1].split()[11:13]
    seconds = (int(user) + int(system)) / 100
    print(f"answered after {server.answered:.2f} s, {seconds:.2f} s of processor time")
    assert seconds < 1.0
