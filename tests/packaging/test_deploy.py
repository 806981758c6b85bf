"""What is in deploy/ for containers: it parses, hangs together, and sets nothing that is no setting. No container is started."""

import re
from argparse import Namespace

import pytest
import yaml

from mnemoscope_server.settings import ELSEWHERE, PREFIX, Settings
from tests import ROOT

COMPOSE = ("compose.yaml", "deploy/compose.yaml", "deploy/cluster/compose.yaml")
KUBERNETES = ROOT / "deploy" / "kubernetes"
VARIABLE = re.compile(r"\$\{\w+(:\?[^}]*)?\}")
SOMETHING = "a-word-of-24-characters-0"


def composed(name):
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def objects():
    """All objects of deploy/kubernetes but its list."""
    files = [path for path in sorted(KUBERNETES.glob("*.yaml")) if path.name != "kustomization.yaml"]
    return [found for path in files for found in yaml.safe_load_all(path.read_text(encoding="utf-8"))]


def secrets():
    [secret] = [found for found in objects() if found["kind"] == "Secret"]
    return secret["stringData"]


def templates(found):
    """The pods that an object makes."""
    if isinstance(found, dict):
        if "template" in found:
            yield found["template"]
        for value in found.values():
            yield from templates(value)
    elif isinstance(found, list):
        for value in found:
            yield from templates(value)


def containers():
    return [c for found in objects() for template in templates(found) for c in template["spec"]["containers"]]


def environment(container):
    """What a container is given, secrets put in their place."""
    known = secrets()
    return {
        entry["name"]: entry.get("value") or known[entry["valueFrom"]["secretKeyRef"]["key"]]
        for entry in container.get("env", ())
    }


def environments():
    for name in COMPOSE:
        for service, what in composed(name)["services"].items():
            said = {key: VARIABLE.sub(SOMETHING, str(value)) for key, value in what.get("environment", {}).items()}
            yield pytest.param(said, id=f"{name}:{service}")
    for container in containers():
        yield pytest.param(environment(container), id=f"kubernetes:{container['name']}")


@pytest.mark.parametrize("values", list(environments()))
def test_what_is_set_is_a_setting_with_a_value_that_it_takes(values, monkeypatch):
    """A renamed setting, or one of two that need each other, would keep the server from starting."""
    for name, value in values.items():
        if name.startswith(PREFIX) and name not in ELSEWHERE:
            monkeypatch.setenv(name, value)
    settings = Settings.from_arguments(Namespace())
    if "MNEMOSCOPE_BLOBS" in values:
        assert settings.blobs.startswith("s3://mnemoscope/"), "the bucket that is made"
        assert settings.ray == "auto"
        assert {"AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "RAY_AUTH_TOKEN"} <= values.keys()


def test_two_of_the_environments_are_of_several_servers():
    """Or the check above would be of nothing."""
    assert sum("MNEMOSCOPE_INDEX" in found.values[0] for found in environments()) == 2


@pytest.mark.parametrize("name", COMPOSE)
def test_a_composition_hangs_together(name):
    found = composed(name)
    services = found["services"]
    for service, what in services.items():
        assert set(what.get("depends_on", ())) <= services.keys(), service
        assert set(what.get("networks", ())) <= (found.get("networks") or {}).keys(), service
        for volume in what.get("volumes", ()):
            source = volume.partition(":")[0]
            assert source.startswith("/") or source in found["volumes"], (service, volume)
        pinned = ":" in what["image"].rpartition("/")[2]
        assert pinned or "build" in what, f"{service}: an image of somebody else's without a version"


def test_the_database_of_a_composition_is_the_one_that_is_made():
    services = composed("deploy/cluster/compose.yaml")["services"]
    made, address = services["postgres"]["environment"], services["web"]["environment"]["MNEMOSCOPE_INDEX"]
    user, password, host, database = re.fullmatch(r"postgresql://(\w+):(\$\{[^}]+\})@(\w+)/(\w+)", address).groups()
    assert (user, database, host) == (made["POSTGRES_USER"], made["POSTGRES_DB"], "postgres")
    assert password.split(":")[0] == made["POSTGRES_PASSWORD"].split(":")[0]
    assert services["web"]["environment"]["AWS_SECRET_ACCESS_KEY"] == services["bucket"]["environment"]["MINIO_ROOT_PASSWORD"]  # fmt: skip
    assert {services[name]["image"] for name in ("web", "ray", "engine")} == {"mnemoscope-cluster"}, (
        "one Python, one Ray"
    )


def test_kubernetes_has_all_files_and_all_that_they_name():
    listed = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text(encoding="utf-8"))
    assert {*listed["resources"], "kustomization.yaml"} == {path.name for path in KUBERNETES.glob("*.yaml")}
    labels = [template["metadata"]["labels"] for found in objects() for template in templates(found)]
    for found in objects():
        assert found["apiVersion"]
        assert found["metadata"]["name"]
        spec = found.get("spec", {})
        wanted = spec.get("selector") or spec.get("podSelector")
        if wanted is not None:
            wanted = wanted.get("matchLabels", wanted)
            assert any(wanted.items() <= there.items() for there in labels), found["metadata"]["name"]
    versions = {image["name"] for image in listed["images"]}
    ports = {port["name"] for container in containers() for port in container.get("ports", ())}
    for found in objects():
        if found["kind"] == "Service":
            assert {port["targetPort"] for port in found["spec"]["ports"]} <= ports
    for container in containers():
        image = container["image"]
        assert image in versions or ":" in image.rpartition("/")[2], f"{image}: without a version"
        assert container["resources"]["limits"]["memory"], container["name"]
        mounted = {mount["name"] for mount in container.get("volumeMounts", ())}
        assert mounted <= volumes(), container["name"]


def volumes():
    """Names of what pods can mount."""
    of_pods = {v["name"] for found in objects() for t in templates(found) for v in t["spec"].get("volumes", ())}
    claimed = {
        c["metadata"]["name"] for found in objects() for c in found.get("spec", {}).get("volumeClaimTemplates", ())
    }
    return of_pods | claimed


def test_engines_are_as_many_as_the_web_processes_ask_for():
    [engines] = [found for found in objects() if found["kind"] == "RayCluster"]
    [web] = [container for container in containers() if container["name"] == "web"]
    [group] = engines["spec"]["workerGroupSpecs"]
    assert environment(web)["MNEMOSCOPE_WORKERS"] == str(group["replicas"])
    assert f"--address={engines['metadata']['name']}-head-svc:6379" in web["command"][-1], "as KubeRay calls it"
    assert secrets()["index"].startswith(f"postgresql://mnemoscope:{secrets()['postgres-password']}@postgresql/")
